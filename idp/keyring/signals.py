"""What other slices hear of signing keys."""

from blinker import Signal

key_published = Signal("The schedule published a next key; sent with kid, after it is written.")
