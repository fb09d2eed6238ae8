"""The `claims` parameter: single claims by name, for UserInfo and for the ID token (OIDC Core §5.5)."""

from collections.abc import Mapping
from typing import Any

import orjson

from idp.oauth.tokens.claims import STANDARD_CLAIMS

PLACES = ("userinfo", "id_token")
_OURS = STANDARD_CLAIMS | {"sub", "acr", "auth_time"}


class BadClaims(ValueError):
    """The parameter is not what OIDC Core §5.5 describes."""


def parse_claims(text: str) -> dict[str, dict[str, Any]]:
    """Parse the parameter, leave out what we don't know ("MUST ignore", §5.5); raise BadClaims."""
    try:
        document = orjson.loads(text)
    except ValueError as error:
        raise BadClaims("not JSON") from error
    if not isinstance(document, dict):
        raise BadClaims("not an object")
    return {place: _place(document[place]) for place in PLACES if document.get(place) is not None}


def required_subjects(claims: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Return the persons the parameter asks for by a value of `sub` (OIDC Core §5.5.1)."""
    found = (((claims.get(place) or {}).get("sub") or {}).get("value") for place in PLACES)
    return {value for value in found if isinstance(value, str)}


def essential_acr(claims: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the acr values of which the sign-in must reach one; empty when any will do (OIDC Core §5.5.1.1)."""
    said = (claims.get("id_token") or {}).get("acr") or {}
    if not said.get("essential"):
        return ()
    values = said.get("values") or [said.get("value")]
    return tuple(value for value in values if isinstance(value, str))


def _place(requests: Any) -> dict[str, Any]:
    if not isinstance(requests, dict):
        raise BadClaims("userinfo or id_token is not an object")
    return {name: _request(said) for name, said in requests.items() if name in _OURS}


def _request(said: Any) -> dict[str, Any] | None:
    """Check what is said of one claim: null, or an object of `essential`, `value` and `values`."""
    if said is None:
        return None
    if not isinstance(said, dict):
        raise BadClaims("a claim is asked for by something else than null or an object")
    if not isinstance(said.get("essential", False), bool) or not isinstance(said.get("values", []), list):
        raise BadClaims("essential is no boolean, or values no list")
    return {name: said[name] for name in ("essential", "value", "values") if name in said}
