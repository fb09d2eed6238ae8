"""`private_key_jwt`: a client signs a short statement of who it is (RFC 7523 §3, OIDC Core §9)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from idp.clients.service import ClientInfo, find_client
from idp.core.clock import timestamp
from idp.core.settings import settings
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import UNKNOWN_CREDENTIALS
from idp.oauth.tokens.store import remember_assertion

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA")
HORIZON = 600
"""The longest an assertion may still live, in seconds: its id is remembered that long."""
_HEADER_NAMES = {"alg", "kid", "typ", "cty", "x5t", "x5t#S256"}
_TYPES = {"jwt", "client-authentication+jwt"}
_LONGEST_ID = 255


def check_assertion(assertion: str, client_id: str | None, endpoint: str) -> ClientInfo:
    """Return the client that signed an assertion; each works once (RFC 7523 §3)."""
    statement = _extract(assertion)
    claims = _claims(statement)
    client = find_client(claims["sub"])
    if client is None or not client.is_enabled or client_id not in {None, claims["sub"]}:
        raise _wrong("unknown or disabled client, or another client_id in the request")
    if client.metadata.get("token_endpoint_auth_signing_alg") not in {None, statement.headers()["alg"]}:
        raise _wrong(f"algorithm is not the one of {client.id}")
    if not any(_is_signed_by(statement, key) for key in _keys(client, statement.headers())):
        raise _wrong(f"signature of {client.id}")
    _check_audience(claims["aud"], endpoint)
    expires = _check_times(claims)
    if not remember_assertion(client.id, claims["jti"], datetime.fromtimestamp(expires, UTC)):
        raise _wrong(f"assertion of {client.id} used before")
    return client


def _extract(assertion: str) -> jws.CompactSignature:
    try:
        statement = jws.extract_compact(assertion.encode("ascii"))
    except (JoseError, ValueError, RecursionError) as error:
        raise _wrong("not a signed JWT") from error
    header = statement.headers()
    kid = header.get("kid")
    if not set(header) <= _HEADER_NAMES or header.get("alg") not in ALGORITHMS:
        raise _wrong("header or algorithm")
    if str(header.get("typ", "JWT")).lower() not in _TYPES or not isinstance(kid, str | None):
        raise _wrong("type or key id")
    return statement


def _claims(statement: jws.CompactSignature) -> dict[str, Any]:
    """Read the claims; iss and sub MUST be the client id, and aud, exp and jti be there (OIDC Core §9)."""
    try:
        claims = orjson.loads(statement.payload or b"")
    except orjson.JSONDecodeError as error:
        raise _wrong("claims are not JSON") from error
    if not isinstance(claims, dict) or not {"iss", "sub", "aud", "exp", "jti"} <= set(claims):
        raise _wrong("a claim is missing")
    for name in ("iss", "sub", "jti"):
        if not isinstance(claims[name], str) or not 0 < len(claims[name]) <= _LONGEST_ID or "\x00" in claims[name]:
            raise _wrong(f"claim {name}")
    if claims["iss"] != claims["sub"]:
        raise _wrong("iss is not sub")
    return claims


def _keys(client: ClientInfo, header: dict[str, Any]) -> Iterator[Key]:
    """Yield the client's own keys that may have made the signature; a key in the header is never looked at."""
    for jwk in client.signing_keys(header.get("kid")):
        if header.get("kid") in {None, jwk.get("kid")} and jwk.get("alg") in {None, header["alg"]}:
            key = _import(orjson.dumps(jwk, option=orjson.OPT_SORT_KEYS))
            if key is not None:
                yield key


@lru_cache(maxsize=256)
def _import(jwk: bytes) -> Key | None:
    """Parse a key once; one that cannot be parsed signs nothing."""
    try:
        return import_key(orjson.loads(jwk))
    except (JoseError, ValueError):
        return None


def _is_signed_by(statement: jws.CompactSignature, key: Key) -> bool:
    try:
        return jws.validate_compact(statement, key, algorithms=[statement.headers()["alg"]])
    except (JoseError, ValueError):
        return False


def _check_audience(audience: Any, endpoint: str) -> None:
    """Refuse a statement that was made for somebody else, or for us among others (RFC 7523 §3)."""
    issuer = settings().issuer
    ours = {issuer, issuer + "/", issuer + "/oauth/token", endpoint}
    named = audience if isinstance(audience, list) else [audience]
    if not named or not all(isinstance(value, str) and value in ours for value in named):
        raise _wrong("aud")


def _check_times(claims: dict[str, Any]) -> int:
    """Return `exp`, when it lies within the horizon and nothing lies in the future (RFC 7519 §4.1)."""
    moment, skew = timestamp(), int(settings().tokens.clock_skew.total_seconds())
    for name in ("exp", "iat", "nbf"):
        if name in claims and (not isinstance(claims[name], int) or isinstance(claims[name], bool)):
            raise _wrong(f"{name} is not a whole number of seconds")
    expires = int(claims["exp"])
    if not moment - skew < expires <= moment + HORIZON + skew:
        raise _wrong("exp is past, or too far ahead")
    if max(claims.get("iat", 0), claims.get("nbf", 0)) > moment + skew:
        raise _wrong("iat or nbf lies in the future")
    return expires


def _wrong(detail: str) -> Refused:
    return Refused(UNKNOWN_CREDENTIALS, detail=f"private_key_jwt: {detail}")
