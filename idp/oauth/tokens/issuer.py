"""The one mint: every token answer of the house is made here."""

from typing import Any

from idp.accounts.service import find_user
from idp.clients.service import ClientInfo
from idp.core.settings import settings
from idp.oauth.standing import GrantState
from idp.oauth.tokens.access_token import access_claims, sign_access_token
from idp.oauth.tokens.audience import Target
from idp.oauth.tokens.claims import authorization_claims, names_requested, person_claims
from idp.oauth.tokens.id_token import identity_claims, sign_id_token
from idp.oauth.tokens.store import issue_refresh


class TokenIssuer:
    """Makes the answer of the token endpoint (RFC 6749 §5.1)."""

    def issue(
        self,
        client: ClientInfo,
        target: Target,
        *,
        grant: GrantState | None = None,
        nonce: str | None = None,
    ) -> dict[str, Any]:
        """Issue an access token and, for a person, what comes with it: refresh token and ID token.

        `nonce` is the one of the authorization request and is given at the redemption of the code only: the ID token
        of a refresh has none (OIDC Core §12.2).
        """
        claims, identity = build_claims(client, target, grant, nonce=nonce)
        token = sign_access_token(claims)
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": claims["exp"] - claims["iat"],
            "scope": claims["scope"],
        }
        if grant is None:
            return answer
        if client.allows_grant("refresh_token"):
            ends_at = grant.created_at + settings().tokens.refresh_absolute
            answer["refresh_token"] = issue_refresh(grant.id, client.id, ends_at=ends_at)
        if identity is not None:
            answer["id_token"] = sign_id_token(identity, access_token=token)
        return answer


def build_claims(
    client: ClientInfo, target: Target, grant: GrantState | None, *, nonce: str | None = None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Build the claims of an access token and, for a person who signs in, of the ID token beside it."""
    extra = authorization_claims(grant.user.id, target.scopes, target.api) if grant else {}
    access = access_claims(client, target, grant, extra)
    if grant is None or "openid" not in target.scopes:
        return access, None
    return access, identity_claims(client, grant, {**_wanted(grant), **extra}, nonce=nonce)


def _wanted(grant: GrantState) -> dict[str, Any]:
    """Return the claims about the person that the claims parameter wants in the ID token (OIDC Core §5.5)."""
    names = names_requested(grant.claims, "id_token")
    user = find_user(grant.user.id) if names else None
    return person_claims(user, names) if user else {}
