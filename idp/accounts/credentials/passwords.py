"""Password hashes: made, verified in bounded numbers, renewed. The only file that knows what a hash looks like.

A password is put into one Unicode form and keyed-hashed (HMAC-SHA-256, base64) before the slow hash: nothing is cut
at bcrypt's 72 bytes, a NUL ends nothing, and a stolen table without the key cannot be guessed at all.
"""

import base64
import hashlib
import hmac
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app
from sqlalchemy import update

from idp.accounts.credentials import foreign_hashes
from idp.accounts.errors import TooBusy
from idp.accounts.models import EmailToken, User
from idp.core import cipher
from idp.core.configuration.sections import Passwords
from idp.core.db import release_connection, transaction
from idp.core.secrets import digest
from idp.core.settings import settings

_OURS = "$idp1"
"""Stands before the hashes of this house; what follows is an ordinary bcrypt or argon2id hash."""
_ARGON2 = PasswordHasher()
_WAITING_PER_WORKER = 16
_LONGEST_WAIT = 5.0
_EXTENSION = "idp.passwords"


class _Gate:
    """Lets so many threads hash at a time, a bounded number wait, and sends the rest away."""

    def __init__(self, workers: int) -> None:
        self._running = threading.BoundedSemaphore(workers)
        self._inside = threading.BoundedSemaphore(workers * (1 + _WAITING_PER_WORKER))

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Wait for a turn; raise TooBusy when too many wait already or the turn does not come."""
        if not self._inside.acquire(blocking=False):
            raise TooBusy
        try:
            if not self._running.acquire(timeout=_LONGEST_WAIT):
                raise TooBusy
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._inside.release()


def hash_password(password: str) -> str:
    """Hash a password as the settings say; raise TooBusy."""
    secret, policy = _keyed(password), settings().passwords
    with _turn():
        if policy.algorithm == "argon2id":
            return _OURS + _ARGON2.hash(secret)
        return _OURS + bcrypt.hashpw(secret, bcrypt.gensalt(policy.bcrypt_cost)).decode()


def check_password(user: User | None, password: str) -> bool:
    """Tell whether this is the person's password, in the same time when there is no person or no password.

    A hash that is foreign or weaker than the settings ask is renewed on the way. Raises TooBusy.
    """
    if is_too_long(password):
        return False
    stored = user.password_hash if user else None
    right = verify(stored or _decoy(settings().passwords), password) and stored is not None
    if right and user is not None and stored is not None and needs_renewal(stored):
        _renew(user, stored, password)
    return right


def verify(stored: str, password: str) -> bool:
    """Check a password against a hash of this house or of another; raise TooBusy."""
    with _turn():
        if stored.startswith(_OURS):
            return _verify_ours(stored.removeprefix(_OURS), _keyed(password))
        return foreign_hashes.verify(stored, normalise(password).encode())


def needs_renewal(stored: str) -> bool:
    """Tell whether a hash is foreign, of another algorithm, or of another cost than the settings say."""
    policy, inner = settings().passwords, stored.removeprefix(_OURS)
    if not stored.startswith(_OURS):
        return True
    if policy.algorithm == "argon2id":
        return not inner.startswith("$argon2id$") or _ARGON2.check_needs_rehash(inner)
    return not inner.startswith(f"$2b${policy.bcrypt_cost:02d}$")


def normalise(password: str) -> str:
    """Put a password into the one form that all keyboards agree on (SP 800-63B-4 §3.1.1.2)."""
    return unicodedata.normalize("NFC", password)


def is_too_long(password: str) -> bool:
    """Tell whether a password is longer than is taken at all; asked before anything is hashed."""
    return len(password.encode("utf-8", "surrogatepass")) > settings().passwords.maximum_bytes


def _verify_ours(inner: str, secret: bytes) -> bool:
    try:
        if inner.startswith("$argon2id$"):
            return _ARGON2.verify(inner, secret)
        return bcrypt.checkpw(secret, inner.encode())
    except (VerificationError, InvalidHashError, ValueError):
        return False


def _keyed(password: str) -> bytes:
    raw = normalise(password).encode("utf-8", "surrogatepass")
    return base64.b64encode(hmac.new(cipher.derive("password"), raw, hashlib.sha256).digest())


def _decoy(policy: Passwords) -> str:
    """Return a well-formed hash that no password fits: checking it costs what checking a real one does."""
    if policy.algorithm == "argon2id":
        values = f"m={_ARGON2.memory_cost},t={_ARGON2.time_cost},p={_ARGON2.parallelism}"
        return f"{_OURS}$argon2id$v=19${values}${'A' * 22}${'A' * 43}"
    return f"{_OURS}$2b${policy.bcrypt_cost:02d}${'.' * 53}"


def _renew(user: User, stored: str, password: str) -> None:
    fresh = hash_password(password)
    with transaction() as session:
        # Only the hash that was checked is replaced: a password changed meanwhile stays.
        session.execute(
            update(User).where(User.id == user.id, User.password_hash == stored).values(password_hash=fresh)
        )
        # Mailed links are bound to the password, and the password is still the same one.
        session.execute(
            update(EmailToken)
            .where(EmailToken.user_id == user.id, EmailToken.credential == digest(stored))
            .values(credential=digest(fresh))
        )


@contextmanager
def _turn() -> Iterator[None]:
    release_connection()  # a thread that waits for its turn must not sit on one
    gate: _Gate = current_app.extensions.setdefault(_EXTENSION, _Gate(settings().passwords.workers))
    with gate.passage():
        yield
