"""Sign with the active key, verify with the published ones."""

import math
from typing import Any

import orjson
from flask import Flask, current_app
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode
from sqlalchemy import select

from idp.core.clock import timestamp
from idp.core.db import db
from idp.feed.service import on_change
from idp.keyring.models import SigningKey, State
from idp.keyring.pairs import LoadedKey, load
from idp.keyring.rotation import (
    get_key,
    initialise,
    list_keys,
    prepare_next,
    promote,
    retire,
    rotate,
    run_schedule,
)

__all__ = [
    "InvalidToken",
    "active_kid",
    "forget",
    "get_key",
    "initialise",
    "list_keys",
    "prepare_next",
    "promote",
    "published",
    "retire",
    "rotate",
    "run_schedule",
    "sign",
    "verify",
]

_EXTENSION = "idp.keyring"
_LONGEST = 16384
_FORBIDDEN_HEADERS = {"jwk", "jku", "x5u", "x5c", "x5t", "x5t#S256", "crit", "b64", "zip"}
_ORDER = {State.ACTIVE: 0, State.NEXT: 1, State.VERIFY_ONLY: 2}


class InvalidToken(Exception):
    """A token is not one of ours, or not any more."""


class NoActiveKey(RuntimeError):
    """There is no key to sign with; a new one is never made silently."""


def sign(claims: dict[str, Any], *, typ: str, alg: str = "RS256") -> str:
    """Sign claims with the active key of an algorithm (RFC 7515 §7.1)."""
    key = _active(alg)
    header = {"alg": key.alg, "kid": key.kid, "typ": typ}
    return jws.serialize_compact(header, orjson.dumps(claims), key.pair, registry=key.registry)


def verify(token: str, *, types: set[str], leeway: int = 0, ignore_expiry: bool = False) -> dict[str, Any]:
    """Verify a token of ours and return its claims; raise InvalidToken (RFC 8725 §3).

    The key and its algorithm come from our own rows, the type must be one of `types`; issuer and audience are
    the caller's to check. `leeway` is in seconds.
    """
    if len(token) > _LONGEST or token.count(".") != 2 or not token.isascii():
        raise InvalidToken("shape")
    header = _header(token)
    key = _keys().get(str(header.get("kid")))
    if key is None or not key.is_published or header.get("alg") != key.alg:
        raise InvalidToken("key")
    if header.get("typ") not in types or _FORBIDDEN_HEADERS & header.keys():
        raise InvalidToken("header")
    try:
        signed = jws.deserialize_compact(token, key.pair, registry=key.registry)
        claims = orjson.loads(signed.payload)
    except (JoseError, ValueError) as error:
        raise InvalidToken("signature") from error
    _check_times(claims, leeway=leeway, ignore_expiry=ignore_expiry)
    return dict(claims)


def published() -> list[dict[str, Any]]:
    """Return the public keys a relying party may meet: the active ones first (RFC 7517 §5)."""
    keys = sorted((key for key in _keys().values() if key.is_published), key=lambda key: _ORDER[State(key.state)])
    return [key.public_jwk for key in keys]


def active_kid(alg: str = "RS256") -> str:
    """Return the id of the key that signs."""
    return _active(alg).kid


def forget(app: Flask | None = None) -> None:
    """Drop the parsed keys; the next use reads them again."""
    (app or current_app).extensions.pop(_EXTENSION, None)


@on_change("key")
def _on_change(_subject: str) -> None:
    forget()


def _keys() -> dict[str, LoadedKey]:
    keys: dict[str, LoadedKey] | None = current_app.extensions.get(_EXTENSION)
    if not keys:
        rows = db.session.execute(select(SigningKey).where(SigningKey.state != State.RETIRED)).scalars()
        keys = current_app.extensions[_EXTENSION] = {row.kid: load(row) for row in rows}
    return keys


def _active(alg: str) -> LoadedKey:
    for key in _keys().values():
        if key.alg == alg and key.state == State.ACTIVE:
            return key
    raise NoActiveKey(f"no active {alg} signing key: run `idp init`, or `idp key rotate --alg {alg}`")


def _header(token: str) -> dict[str, Any]:
    try:
        header = orjson.loads(urlsafe_b64decode(token.split(".", 1)[0].encode()))
    except ValueError as error:
        raise InvalidToken("header") from error
    if not isinstance(header, dict):
        raise InvalidToken("header")
    return header


def _check_times(claims: Any, *, leeway: int, ignore_expiry: bool) -> None:
    if not isinstance(claims, dict):
        raise InvalidToken("claims")
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name)
        if value is None and name != "exp":
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not math.isfinite(value) or value < 0:
            raise InvalidToken(name)
    moment = timestamp()
    if not ignore_expiry and claims["exp"] + leeway <= moment:
        raise InvalidToken("expired")
    if max(claims.get("nbf") or 0, claims.get("iat") or 0) > moment + leeway + 5:
        raise InvalidToken("not yet")
