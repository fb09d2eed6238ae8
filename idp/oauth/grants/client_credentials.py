"""A client asks for itself, with no person behind it (RFC 6749 §4.4)."""

from typing import Any

from idp.oauth.errors import Refused
from idp.oauth.grants.base import BackChannelGrant
from idp.oauth.refusing.refusals import GRANT_NOT_ALLOWED
from idp.oauth.tokens.audience import choose_target
from idp.oauth.tokens.issuer import TokenIssuer


class ClientCredentialsGrant(BackChannelGrant):
    """The shortest way to a token, and the hottest: no refresh token, no ID token, no right of any person."""

    GRANT_TYPE = "client_credentials"
    WRITES = False

    def validate_token_request(self) -> None:
        """Let only confidential clients ask (RFC 6749 §4.4)."""
        if self.client.is_public:
            raise Refused(GRANT_NOT_ALLOWED, detail="public client")
        asked = self.request.find("scope")
        self.target = choose_target(
            self.client, user_id=None, scopes=asked.split() if asked else sorted(self.client.scopes),
            resources=[], asked=self.request.find_all("resource"), or_nothing=not asked,
        )  # fmt: skip

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Issue an access token whose subject is the client (RFC 9068 §2.2)."""
        target = self.target
        self.audit = {"actor": f"client:{self.client.id}", "scope": " ".join(target.scopes)}
        answer = TokenIssuer().issue(self.client, target)
        return 200, answer, self.TOKEN_RESPONSE_HEADER
