"""What other slices hear of clients; sent inside the transaction of the act."""

from blinker import Signal

client_disabled = Signal("A client was disabled or deleted; sent with client_id.")
