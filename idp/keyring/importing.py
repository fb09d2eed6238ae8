"""Signing keys that were made elsewhere: read from PEM, checked, and published here."""

import re
from datetime import timedelta
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from joserfc.jwk import ECKey, OKPKey, RSAKey

from idp.core.clock import now
from idp.keyring.errors import (
    BAD_DAYS,
    BAD_KID,
    COSTLY_LOCK,
    LOCKED_KEY,
    PUBLIC_HALF,
    UNFIT_ALGORITHM,
    UNFIT_SIZE,
    UNREADABLE_KEY,
    WRONG_PASSWORD,
    WRONG_TYPE,
    DomainError,
    LockedKey,
)
from idp.keyring.locks import is_costly
from idp.keyring.models import SigningKey
from idp.keyring.pairs import KID, Pair, new_row
from idp.keyring.rotation import adopt

LARGEST = 16 * 1024
"""Bytes of a key in PEM."""
MOST_DAYS = 400
_BITS = (2048, 8192)
_EXPONENT = 65537
_BLOCK = re.compile(rb"-----BEGIN ((?:[A-Z0-9]+ )*(PRIVATE|PUBLIC) KEY)-----.+?-----END \1-----", re.DOTALL)
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384"}


def import_key(pem: bytes, **given: Any) -> SigningKey:
    """Publish a key that was made elsewhere, to sign next or, with `verify_only`, to verify what it signed there.

    It takes and raises what `read_key` does; Conflict for what is known or when a next key waits already.
    """
    return adopt(read_key(pem, **given))


def read_key(
    pem: bytes,
    *,
    password: str | None = None,
    alg: str | None = None,
    kid: str | None = None,
    verify_only: bool = False,
    days: int | None = None,
) -> SigningKey:
    """Return a key that was made elsewhere as it may be adopted. It may take a second, and touches no database.

    `days` is how long one that only verifies is published; else as long as our own. Raises LockedKey where a password
    is missing, DomainError for what is unfit.
    """
    pair, fits = _read(pem, password)
    if not verify_only and not pair.is_private:
        raise DomainError(PUBLIC_HALF, field="pem")
    if alg and alg not in fits:
        raise DomainError(UNFIT_ALGORITHM, field="alg")
    if kid and (not KID.fullmatch(kid) or not (kid[0].isalnum() or kid[0] == "_")):
        raise DomainError(BAD_KID, field="kid")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise DomainError(BAD_DAYS, field="days")
    row = new_row(alg or fits[0], pair, kid=kid or pair.thumbprint(), signs=not verify_only)
    if verify_only and days:
        row.retire_at = now() + timedelta(days=days)
    return row


def _read(pem: bytes, password: str | None) -> tuple[Pair, tuple[str, ...]]:
    """Return the pair, which may be a public half alone, and the algorithms that go with it, the usual one first."""
    block = _BLOCK.search(pem[:LARGEST])
    if block is None or block[0].count(b"-----BEGIN") > 1:
        raise DomainError(UNREADABLE_KEY, field="pem")
    locked = b"ENCRYPTED" in block[0]
    if locked and not password:
        raise LockedKey(LOCKED_KEY, field="password")
    if block[1] == b"ENCRYPTED PRIVATE KEY":
        _check_cost(block[0])
    try:
        if block[2] == b"PUBLIC":
            return _take(load_pem_public_key(block[0]))
        return _take(load_pem_private_key(block[0], password.encode() if locked and password else None))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What the library says could quote the key: it goes nowhere.
        wrong = WRONG_PASSWORD if locked else UNREADABLE_KEY
        raise DomainError(wrong, field="password" if locked else "pem") from None


def _check_cost(block: bytes) -> None:
    try:
        costly = is_costly(block)
    except ValueError:
        raise DomainError(UNREADABLE_KEY, field="pem") from None
    if costly:
        raise DomainError(COSTLY_LOCK, field="pem")


def _take(key: Any) -> tuple[Pair, tuple[str, ...]]:
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        public = key if isinstance(key, rsa.RSAPublicKey) else key.public_key()
        if not _BITS[0] <= key.key_size <= _BITS[1] or public.public_numbers().e != _EXPONENT:
            raise DomainError(UNFIT_SIZE, field="pem")
        return RSAKey.import_key(_plain(key)), ("RS256", "PS256")
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) and key.curve.name in _CURVES:
        return ECKey.import_key(_plain(key)), (_CURVES[key.curve.name],)
    if isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey):
        return OKPKey.import_key(_plain(key)), ("EdDSA", "Ed25519")
    raise DomainError(WRONG_TYPE, field="pem")


def _plain(key: Any) -> bytes:
    """Write a key the one way that is read again, in memory only."""
    if hasattr(key, "private_bytes"):
        done: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return done
    public: bytes = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public
