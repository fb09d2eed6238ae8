"""The access token as an API sees it, however it was checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from .errors import InvalidToken

_LAST_MOMENT = 2**40


@dataclass(frozen=True)
class Token:
    """A checked access token: who asks, by which client, and what is allowed."""

    subject: str
    """The person, or the client itself where it acts in its own name (`sub`, RFC 9068 §2.2)."""
    client_id: str
    scopes: frozenset[str]
    roles: frozenset[str]
    """What the person is; empty when the scope `roles` was not granted."""
    permissions: frozenset[str]
    """What the person may do at this API; empty when the scope `roles` was not granted."""
    acr: str | None
    """How strong the sign-in was, None for a client's own token (RFC 9068 §2.2.1)."""
    auth_time: int | None
    """When the person signed in, in seconds since the epoch, None for a client's own token."""
    claims: Mapping[str, Any] = field(repr=False)
    """Everything the token says."""


def check_claims(claims: Mapping[str, Any], *, issuer: str, audience: str, now: float, leeway: int) -> Token:
    """Check what an access token says and return it; raise InvalidToken (RFC 9068 §4).

    It must be of the issuer, for the audience, valid now give or take `leeway` seconds, and not bound to a key of the
    client, which nobody here could prove (RFC 9449 §7.2).
    """
    if claims.get("iss") != issuer:
        raise InvalidToken("the token is of another issuer")
    audiences = claims.get("aud")
    if audience not in (audiences if isinstance(audiences, list) else [audiences]):
        raise InvalidToken("the token is for another audience")
    if (expiry := _moment(claims, "exp")) + leeway <= now:
        at = f"{datetime.fromtimestamp(expiry, UTC):%H:%M:%SZ}"
        raise InvalidToken(f"the token expired {now - expiry:.0f} s ago (exp {at}, clock skew allowed {leeway} s)")
    if max(_moment(claims, "iat"), _moment(claims, "nbf", 0)) > now + leeway:
        raise InvalidToken("the token is not valid yet")
    if "cnf" in claims:
        raise InvalidToken("the token is bound to a key and cannot be used as a bearer token")
    return read_token(claims)


def read_token(claims: Mapping[str, Any]) -> Token:
    """Read the claims that have a place of their own; raise InvalidToken when one has another form (RFC 9068 §2.2)."""
    return Token(
        subject=_text(claims, "sub"),
        client_id=_text(claims, "client_id"),
        scopes=frozenset(_text(claims, "scope", "").split()),
        roles=_names(claims, "roles"),
        permissions=_names(claims, "permissions"),
        acr=_text(claims, "acr") if "acr" in claims else None,
        auth_time=int(_moment(claims, "auth_time")) if "auth_time" in claims else None,
        claims=MappingProxyType(dict(claims)),
    )


def _text(claims: Mapping[str, Any], name: str, absent: str | None = None) -> str:
    value = claims.get(name, absent)
    if not isinstance(value, str) or (absent is None and not value):
        raise InvalidToken(f"the token has no usable {name}")
    return value


def _moment(claims: Mapping[str, Any], name: str, absent: int | None = None) -> float:
    """Read a moment; what is beyond all calendars, infinite or no number is none (RFC 7519 §2)."""
    value = claims.get(name, absent)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LAST_MOMENT:
        raise InvalidToken(f"the token has no usable {name}")
    return value


def _names(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    values = claims.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidToken(f"the token has no usable {name}")
    return frozenset(values)
