"""Turn a refresh token into new tokens, and into the next refresh token (RFC 6749 §6, RFC 9700 §4.14)."""

from typing import Any

from idp.core.clock import now
from idp.core.settings import settings
from idp.oauth.errors import Refused
from idp.oauth.grants.base import BackChannelGrant
from idp.oauth.refusing.refusals import GRANT_OVER, REFRESH_EXPIRED, SCOPE_WIDER
from idp.oauth.standing import GrantState
from idp.oauth.tokens import store
from idp.oauth.tokens.audience import choose_target
from idp.oauth.tokens.issuer import TokenIssuer


class RefreshTokenGrant(BackChannelGrant):
    """An app goes on without the person; everything that was granted is judged again."""

    GRANT_TYPE = "refresh_token"

    def validate_token_request(self) -> None:
        """Spend the token, then see whether its line may go on."""
        grant_id = store.consume_refresh(self.required("refresh_token"), self.client.id)
        self.grant = self.usable_grant(grant_id)
        if self.grant.created_at + settings().tokens.refresh_absolute <= now():
            raise Refused(REFRESH_EXPIRED, detail="absolute life")
        if self.grant.offline and "offline_access" not in self.client.scopes:
            raise Refused(GRANT_OVER, detail="offline_access was taken away from the client")
        self.scopes = self._narrowed(self.grant)

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Issue the next tokens; a narrower scope holds for this answer only, the grant keeps its own."""
        grant = self.grant
        target = choose_target(
            self.client, user_id=grant.user.id, scopes=self.scopes, resources=grant.resources,
            asked=self.request.find_all("resource"),
        )  # fmt: skip
        self.audit["scope"] = " ".join(target.scopes)
        answer = TokenIssuer().issue(self.client, target, grant=grant)
        return 200, answer, self.TOKEN_RESPONSE_HEADER

    def _narrowed(self, grant: GrantState) -> list[str]:
        """Return the scopes asked for; they "MUST NOT include any scope not originally granted" (RFC 6749 §6)."""
        asked = self.request.find("scope")
        if asked is None:
            return grant.scopes
        wanted = dict.fromkeys(asked.split())
        if not set(wanted) <= set(grant.scopes):
            raise Refused(SCOPE_WIDER)
        return list(wanted)
