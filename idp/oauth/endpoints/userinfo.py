"""UserInfo: the person's claims, to the bearer of an access token with the scope `openid` (OIDC Core §5.3)."""

from typing import Any

from authlib.oauth2.rfc6749 import Endpoint, EndpointRequest

from idp.accounts.service import find_user
from idp.core.settings import settings
from idp.oauth.bearer import LiveToken, get_live_token, presented_token
from idp.oauth.errors import BearerRefused
from idp.oauth.refusing.refusals import TOKEN_INVALID, TOKEN_SCOPE
from idp.oauth.request import StrictRequest
from idp.oauth.standing import GrantState
from idp.oauth.tokens.claims import authorization_claims, names_of_scopes, names_requested, person_claims


class UserInfoEndpoint(Endpoint):
    """GET or POST with the token in the header, or POST with the token in the form; never in the address."""

    ENDPOINT_NAME = "userinfo"

    def create_endpoint_request(self, request: Any) -> StrictRequest:
        """Read the request as one to a protected resource."""
        return request if isinstance(request, StrictRequest) else StrictRequest.resource(request)

    def validate_request(self, request: StrictRequest) -> EndpointRequest:
        """Judge the token (OIDC Core §5.3.1, RFC 6750 §3.1)."""
        token = get_live_token(presented_token(request))
        request.client = token.client
        if settings().issuer not in token.audiences:
            raise BearerRefused(TOKEN_INVALID, detail="audience is another resource")
        if token.grant is None or "openid" not in token.scopes:
            raise BearerRefused(TOKEN_SCOPE, scope="openid")
        request.credential = token
        return EndpointRequest(request=request, client=token.client)

    def create_response(self, validated_request: EndpointRequest) -> tuple[int, Any, list[tuple[str, str]]]:
        """Answer with the claims of the granted scopes and of the claims parameter (OIDC Core §5.3.2)."""
        token: LiveToken = validated_request.request.credential
        assert token.grant is not None  # noqa: S101 - validate_request let no other token pass
        return 200, claims_for(token.grant, token.scopes, token.api), [("Content-Type", "application/json")]


def claims_for(grant: GrantState, scopes: list[str], api: str | None) -> dict[str, Any]:
    """Return what UserInfo says about a person to the holder of a grant; `sub` is always there (OIDC Core §5.3.2)."""
    names = names_of_scopes(scopes) | names_requested(grant.claims, "userinfo")
    user = find_user(grant.user.id)
    claims = person_claims(user, names) if user else {}
    return {**claims, **authorization_claims(grant.user.id, scopes, api), "sub": grant.user.id}
