"""Revocation: a client gives a token back, and everything of the same grant dies with it (RFC 7009)."""

from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc7009 import RevocationEndpoint as AuthlibRevocation

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.service import ClientInfo
from idp.core.db import transaction
from idp.keyring import service as keyring
from idp.oauth.client_auth import authenticate
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import MISSING
from idp.oauth.request import StrictRequest
from idp.oauth.tokens.access_token import TYPE, grant_of
from idp.oauth.tokens.revoke import revoke_grants
from idp.oauth.tokens.store import find_refresh, remember_revoked


class RevocationEndpoint(AuthlibRevocation):
    """Ends a token of the client that asks.

    An unknown token, another client's token and one that is dead already get the same answer as success
    (RFC 7009 §2.2): the asker learns nothing. `token_type_hint` is not needed, tokens tell what they are.
    """

    def create_endpoint_request(self, request: Any) -> StrictRequest:
        """Read the request as a posted form."""
        return request if isinstance(request, StrictRequest) else StrictRequest.back_channel(request)

    def create_endpoint_response(self, request: StrictRequest) -> tuple[int, Any, list[tuple[str, str]]]:
        """Authenticate the asker, end the token, answer (RFC 7009 §2)."""
        request.client = authenticate(request)
        value = request.find("token")
        if value is None:
            raise Refused(MISSING, detail="token")
        with transaction():
            kind = _revoke_refresh(value, request.client) or _revoke_access(value, request.client)
            record(
                Tag.TOKEN_REVOKED, actor=f"client:{request.client.id}", client_id=request.client.id,
                token=kind or "unknown, or of another client",
            )  # fmt: skip
        return 200, {}, [("Content-Type", "application/json")]


def _revoke_refresh(value: str, client: ClientInfo) -> str | None:
    row = find_refresh(value)
    if row is None or row.client_id != client.id:
        return None
    revoke_grants("revoked by the app", grant_id=row.grant_id)
    return "refresh token"


def _revoke_access(value: str, client: ClientInfo) -> str | None:
    try:
        claims = keyring.verify(value, types={TYPE})
    except keyring.InvalidToken:
        return None
    if claims.get("client_id") != client.id:
        return None
    grant_id = grant_of(claims["jti"])
    if grant_id is None:
        remember_revoked(claims["jti"], datetime.fromtimestamp(claims["exp"], UTC))
    else:
        revoke_grants("revoked by the app", grant_id=grant_id)
    return "access token"
