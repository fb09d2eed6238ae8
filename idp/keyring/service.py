"""Sign with the active key, verify with the published ones."""

import base64
import re
from collections.abc import Callable
from typing import Any

import orjson

from idp.core.clock import timestamp
from idp.core.settings import settings
from idp.keyring.errors import InvalidToken, NoActiveKey
from idp.keyring.exporting import export_public
from idp.keyring.importing import import_key, read_key
from idp.keyring.ring import HeldKey, encode, find_lasting, forget, ring
from idp.keyring.rotation import (
    adopt,
    get_key,
    initialise,
    list_keys,
    prepare_next,
    promote,
    retire,
    rotate,
    run_schedule,
)
from idp.keyring.times import signs_until, tokens_since, tokens_until

__all__ = [
    "InvalidToken", "NoActiveKey", "active_kid", "adopt", "export_public", "forget", "get_key", "import_key",
    "initialise", "list_keys", "prepare_next", "promote", "published", "read_key", "retire", "rotate", "run_schedule",
    "sign", "signs_until", "tokens_since", "tokens_until", "verify", "verify_lasting",
]  # fmt: skip

LONGEST = 16 * 1024
"""The longest token that is looked at, in characters."""
_HEADER = {"alg", "kid", "typ"}
_SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_LAST_MOMENT = 2**40


def sign(claims: dict[str, Any], *, typ: str, alg: str = "RS256") -> str:
    """Sign claims with the active key of an algorithm (RFC 7515 §7.1)."""
    key = ring().signer(alg)
    message = key.header(typ) + b"." + encode(orjson.dumps(claims))
    return (message + b"." + encode(key.sign(message))).decode("ascii")


def verify(token: str, *, types: set[str], leeway: int = 0, ignore_expiry: bool = False) -> dict[str, Any]:
    """Verify a token of ours and return its claims; raise InvalidToken (RFC 8725 §3).

    The key and its algorithm come from our own rows, the type must be one of `types`, the issuer is us; the audience
    is the caller's to check. `leeway` is in seconds.
    """
    claims, key = _open(token, types, ring().verifiers.get)
    _check_times(claims, key, leeway=leeway, ignore_expiry=ignore_expiry)
    return claims


def verify_lasting(token: str, *, types: set[str]) -> dict[str, Any]:
    """Verify something of ours that stays, such as the manifest of a file; raise InvalidToken.

    It has no end, and its key may have been retired since, in its time.
    """
    return _open(token, types, find_lasting)[0]


def published() -> list[dict[str, Any]]:
    """Return the public keys that others may meet, the active ones first (RFC 7517 §5)."""
    return ring().published


def active_kid(alg: str = "RS256") -> str:
    """Return the id of the key that signs, which opens it; raise NoActiveKey, CipherError."""
    return ring().signer(alg).kid


def _open(token: str, types: set[str], find: Callable[[str], HeldKey | None]) -> tuple[dict[str, Any], HeldKey]:
    """Return the claims of a token that one of our keys signed, and that key."""
    if not isinstance(token, str) or len(token) > LONGEST or not _SHAPE.fullmatch(token):
        raise InvalidToken("shape")
    message, _, signature = token.rpartition(".")
    first, _, second = message.partition(".")
    header = _read_header(first)
    key = find(header["kid"])
    if key is None or header["alg"] != key.alg:
        elsewhere = key is None and any(jwk["kid"] == header["kid"] for jwk in published())
        raise InvalidToken("key of elsewhere" if elsewhere else "key")
    if header["typ"] not in types:
        raise InvalidToken("type")
    if not key.is_signature(message.encode("ascii"), _decode(signature)):
        raise InvalidToken("signature")
    claims = _object(second)
    if claims.get("iss") != settings().issuer:
        raise InvalidToken("issuer")
    return claims, key


def _read_header(part: str) -> dict[str, str]:
    """Read the three fields that our headers have; a token with any other, or one less, is not ours.

    So `jwk`, `jku`, `x5u`, `x5c`, `crit`, `b64` and `zip` are never even looked at.
    """
    header = _object(part)
    if header.keys() != _HEADER:
        raise InvalidToken("header")
    if not all(isinstance(value, str) for value in header.values()):
        raise InvalidToken("header")
    return header


def _object(part: str) -> dict[str, Any]:
    """Read one part of a token as a JSON object."""
    try:
        value = orjson.loads(_decode(part))
    except ValueError as error:
        raise InvalidToken("not JSON") from error
    if not isinstance(value, dict):
        raise InvalidToken("not an object")
    return value


def _decode(part: str) -> bytes:
    """Read base64url in its one spelling: no other token may mean the same."""
    try:
        value = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as error:
        raise InvalidToken("encoding") from error
    if encode(value) != part.encode("ascii"):
        raise InvalidToken("encoding")
    return value


def _check_times(claims: dict[str, Any], key: HeldKey, *, leeway: int, ignore_expiry: bool) -> None:
    """Check `exp` and `iat`, which all of ours have, and `nbf`: whole seconds (RFC 7519 §4.1)."""
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name, 0 if name == "nbf" else None)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LAST_MOMENT:
            raise InvalidToken(name)
    moment = timestamp()
    # Clocks of replicas differ a little: a token that one has just made is not from the future for another.
    ahead = max(leeway, int(settings().tokens.clock_skew.total_seconds()))
    if max(claims.get("nbf", 0), claims["iat"]) > moment + ahead:
        raise InvalidToken("not yet")
    # An imported key signed elsewhere before: others may believe such a token, nothing here stands behind it.
    if claims["iat"] + ahead < key.since:
        raise InvalidToken("not from here")
    if not ignore_expiry and claims["exp"] + leeway <= moment:
        raise InvalidToken("expired")
