"""What the rooms above hear of the trail."""

from blinker import Signal

event_coming = Signal("Sent with `tag` before an event is written; a listener that will act on it answers True.")
"""Whoever answers True has the event written in a transaction even where it would stand alone, so that what
`event_recorded` makes of it is written with it or not at all."""
event_recorded = Signal("Sent with `event_id`, `tag` and `subject` inside the transaction that writes an event.")
