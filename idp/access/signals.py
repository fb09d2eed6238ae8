"""What the rooms above hear of roles."""

from blinker import Signal

role_going = Signal("Sent with `name` inside the transaction that deletes a role; who needs it raises Conflict.")
