"""Introspection: is this token good, and what does it say? (RFC 7662)"""

from typing import Any

from authlib.oauth2.rfc7662 import IntrospectionEndpoint as AuthlibIntrospection

from idp.clients.service import ClientInfo
from idp.core.settings import settings
from idp.oauth.bearer import LiveToken, find_live_token
from idp.oauth.client_auth import CONFIDENTIAL_METHODS, authenticate
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import MISSING
from idp.oauth.request import StrictRequest
from idp.oauth.scopes import decide_scopes
from idp.oauth.standing import NotUsable, get_usable_grant
from idp.oauth.tokens.claims import authorization_claims
from idp.oauth.tokens.store import REFRESH_PREFIX, find_live_refresh

INACTIVE = {"active": False}


class IntrospectionEndpoint(AuthlibIntrospection):
    """Tells a client about its own tokens, and a resource server about those that are meant for its APIs.

    Whatever else is asked about is exactly `{"active": false}`, without a reason (RFC 7662 §2.2).
    """

    def create_endpoint_request(self, request: Any) -> StrictRequest:
        """Read the request as a posted form."""
        return request if isinstance(request, StrictRequest) else StrictRequest.back_channel(request)

    def create_endpoint_response(self, request: StrictRequest) -> tuple[int, Any, list[tuple[str, str]]]:
        """Authenticate the asker, then answer (RFC 7662 §2.1)."""
        request.client = authenticate(request, CONFIDENTIAL_METHODS)
        value = request.find("token")
        if value is None:
            raise Refused(MISSING, detail="token")
        found = _refresh_token(value, request.client) if value.startswith(REFRESH_PREFIX) else None
        if found is None:
            found = _access_token(value, request.client)
        return 200, found or INACTIVE, [("Content-Type", "application/json")]


def _access_token(value: str, asker: ClientInfo) -> dict[str, Any] | None:
    token = find_live_token(value)
    if token is None or not _may_see(asker, token):
        return None
    claims = {**token.claims, "token_type": "Bearer", "active": True}
    return {**claims, **_rights_now(token)} if token.grant else claims


def _may_see(asker: ClientInfo, token: LiveToken) -> bool:
    """Tell whether a token is the asker's own, or meant for an API it stands for."""
    if token.client.id == asker.id:
        return True
    return asker.type == "api" and not set(asker.allowed_apis).isdisjoint(token.audiences)


def _rights_now(token: LiveToken) -> dict[str, Any]:
    """Judge scope, roles and groups again: what was taken away since is not told any more."""
    grant, scopes = token.grant, token.scopes
    assert grant is not None  # noqa: S101 - only a person's token comes here
    granted = decide_scopes(grant.user.id, token.client, scopes, [token.api] if token.api else []).granted
    kept = [scope for scope in scopes if scope in granted]
    return {"scope": " ".join(kept), **authorization_claims(grant.user.id, kept, token.api)}


def _refresh_token(value: str, asker: ClientInfo) -> dict[str, Any] | None:
    row = find_live_refresh(value)
    if row is None or row.client_id != asker.id:
        return None
    try:
        grant = get_usable_grant(row.grant_id, asker)
    except NotUsable:
        return None
    return {
        "active": True,
        "iss": settings().issuer,
        "client_id": asker.id,
        "sub": grant.user.id,
        "scope": grant.scope,
        "iat": int(row.created_at.timestamp()),
        "exp": int(row.expires_at.timestamp()),
    }
