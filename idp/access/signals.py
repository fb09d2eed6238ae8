"""What the rooms above hear of roles."""

from blinker import Signal

permission_weighed = Signal("Sent with `api` and `name` of a permission; who uses it answers with what it would lose.")
role_going = Signal("Sent with `name` inside the transaction that deletes a role; who needs it raises Conflict.")
