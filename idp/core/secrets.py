"""Random values, digests and comparisons in constant time."""

import hashlib
import hmac
import secrets
import threading
import time
from datetime import datetime

from idp.core import cipher

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


_JITTER_MS = 100
"""So far a clock may fall back and ids still sort as they are made."""


class _Ids:
    """The ids of one process, each greater than the one before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> str:
        fresh = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
        with self._lock:
            # A clock that is set right again is believed: ids tell when a row was born.
            same_moment = 0 <= (self._last >> 80) - (fresh >> 80) <= _JITTER_MS
            self._last = self._last + 1 + secrets.randbits(64) if same_moment else fresh
            return _id_of(self._last)


_ids = _Ids()


def new_id() -> str:
    """Make a row id: 26 characters, sortable by time of birth (the ULID layout).

    Two that one process makes in the same millisecond, or while its clock falls back a little, sort as they were made,
    too, and the second is still hard to guess: it lies up to 2^64 behind the first.
    """
    return _ids.next()


def first_id(moment: datetime) -> str:
    """Return the first id that could be made at a moment: what was born before has a smaller one."""
    return _id_of(max(0, int(moment.timestamp() * 1000)) << 80)


def _id_of(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def random_token(prefix: str = "") -> str:
    """Make a secret of 256 random bits, behind a prefix that secret scanners can find."""
    return prefix + secrets.token_urlsafe(32)


def random_digits(length: int) -> str:
    """Make a code of decimal digits."""
    return f"{secrets.randbelow(10**length):0{length}d}"


def digest(value: str) -> str:
    """Return the SHA-256 of a random secret, 64 hexadecimal characters: what the database keeps of it."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def keyed_digest(purpose: str, value: str) -> str:
    """Return an HMAC-SHA-256 under a key of this house, one key a purpose, 64 hexadecimal characters."""
    return hmac.new(cipher.derive(purpose), value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def equal(left: str, right: str) -> bool:
    """Compare two texts in a time that does not tell where they differ."""
    return hmac.compare_digest(left.encode("utf-8", "surrogatepass"), right.encode("utf-8", "surrogatepass"))
