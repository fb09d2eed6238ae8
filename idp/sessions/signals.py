"""What the rooms above are told of: sent inside the transaction that ends a session."""

from blinker import Namespace

session_ended = Namespace().signal("session-ended")
"""`session_id`, `user_id`, `reason`. Listeners take their keywords by name and accept more (`**_values`)."""
