"""What the rooms above hear of webhooks."""

from blinker import Signal

webhook_given_up = Signal("An endpoint was turned off because its address refused; sent with `name` and `reason`.")
