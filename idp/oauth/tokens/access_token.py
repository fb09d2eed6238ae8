"""The access token: a signed `at+jwt` that an API can check by itself (RFC 9068)."""

from datetime import timedelta
from typing import Any

from idp.access.service import find_api
from idp.clients.service import ClientInfo
from idp.core.clock import timestamp
from idp.core.secrets import random_token
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.oauth.standing import GrantState
from idp.oauth.tokens.audience import Target

TYPE = "at+jwt"
_SEPARATOR = "."


def access_claims(
    client: ClientInfo, target: Target, grant: GrantState | None, extra: dict[str, Any]
) -> dict[str, Any]:
    """Build the claims of an access token; the fixed ones come last, so that nothing can stand in for them."""
    moment = timestamp()
    fixed = {
        "iss": settings().issuer,
        "sub": grant.user.id if grant else client.id,
        "aud": target.audience,
        "exp": moment + int(lifetime(client, target.api).total_seconds()),
        "iat": moment,
        "jti": new_token_id(grant.id if grant else None),
        "client_id": client.id,
        "scope": " ".join(target.scopes),
    }
    return {**extra, **(_sign_in(grant) if grant else {}), **fixed}


def sign_access_token(claims: dict[str, Any]) -> str:
    """Sign the claims of an access token with the current key (RFC 9068 §2.1)."""
    return keyring.sign(claims, typ=TYPE)


def lifetime(client: ClientInfo, api_identifier: str | None) -> timedelta:
    """Return how long an access token lives: the API's wish, else the client's, else the house's."""
    api = find_api(api_identifier) if api_identifier else None
    seconds = (api.access_token_lifetime if api else None) or client.access_lifetime
    return timedelta(seconds=seconds) if seconds else settings().tokens.access


def new_token_id(grant_id: str | None) -> str:
    """Make a token id; it begins with the grant, so that a revoked grant is known by its tokens."""
    unique = random_token()[:22]
    return f"{grant_id}{_SEPARATOR}{unique}" if grant_id else unique


def grant_of(token_id: str) -> str | None:
    """Return the grant that a token id begins with; a client's own token has none."""
    grant_id, separator, _ = token_id.partition(_SEPARATOR)
    return grant_id if separator else None


def _sign_in(grant: GrantState) -> dict[str, Any]:
    """Say how and when the person signed in (RFC 9068 §2.2.1)."""
    claims: dict[str, Any] = {"auth_time": int(grant.auth_time.timestamp()), "amr": grant.amr}
    if grant.acr:
        claims["acr"] = grant.acr
    if grant.session_id:
        claims["sid"] = grant.session_id
    return claims
