"""An access token that comes back to us: judged by signature, life, audience and standing (RFC 6750, RFC 9068)."""

from dataclasses import dataclass
from typing import Any

from idp.clients.service import ClientInfo, find_client
from idp.core.settings import settings
from idp.keyring import service as keyring
from idp.oauth.errors import BearerRefused
from idp.oauth.refusing.refusals import TOKEN_INVALID, TOKEN_TWICE
from idp.oauth.request import StrictRequest
from idp.oauth.standing import GrantState, NotUsable, check_standing, get_usable_grant
from idp.oauth.tokens.access_token import TYPE, grant_of
from idp.oauth.tokens.store import is_revoked


@dataclass(frozen=True)
class LiveToken:
    """An access token that is good at this moment, with what it stands on."""

    claims: dict[str, Any]
    client: ClientInfo
    grant: GrantState | None

    @property
    def scopes(self) -> list[str]:
        """The scopes the token carries."""
        return str(self.claims.get("scope", "")).split()

    @property
    def audiences(self) -> list[str]:
        """The resources the token is meant for."""
        audience = self.claims.get("aud")
        return audience if isinstance(audience, list) else [str(audience)]

    @property
    def api(self) -> str | None:
        """The API the token is meant for, or None when it is meant for this server only."""
        return next((audience for audience in self.audiences if audience != settings().issuer), None)


def presented_token(request: StrictRequest) -> str:
    """Return the token of a request to a protected resource: from the header or the form, never both (RFC 6750 §2)."""
    header = request.headers.get("Authorization")
    in_form = request.find("access_token")
    if header is not None and in_form is not None:
        raise BearerRefused(TOKEN_TWICE)
    if header is not None:
        scheme, _, value = header.partition(" ")
        if scheme.lower() != "bearer":
            raise BearerRefused(detail=f"scheme {scheme[:20]!r}")
        return value.strip()
    if in_form is None:
        raise BearerRefused
    return in_form


def find_live_token(value: str) -> LiveToken | None:
    """Return an access token when it is good at this moment, else None."""
    try:
        return _live_token(value)
    except NotUsable:
        return None


def get_live_token(value: str) -> LiveToken:
    """Return an access token that is good at this moment; raise BearerRefused for any other."""
    try:
        return _live_token(value)
    except NotUsable as over:
        raise BearerRefused(TOKEN_INVALID, detail=over.reason) from over


def _live_token(value: str) -> LiveToken:
    try:
        claims = keyring.verify(value, types={TYPE})
    except keyring.InvalidToken as error:
        raise NotUsable(f"token: {error}") from error
    if claims.get("iss") != settings().issuer:
        raise NotUsable("token: issuer")
    client = find_client(str(claims.get("client_id", "")))
    token_id = str(claims.get("jti", ""))
    live = check_standing(client=client)
    if grant_id := grant_of(token_id):
        return LiveToken(claims, live, get_usable_grant(grant_id, live))
    if is_revoked(token_id):
        raise NotUsable("token was revoked")
    return LiveToken(claims, live, None)
