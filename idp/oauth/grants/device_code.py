"""Redeem a device code that a person has approved (RFC 8628 §3.4)."""

from typing import Any

from idp.clients.types import DEVICE
from idp.oauth.device import service
from idp.oauth.grants.base import BackChannelGrant
from idp.oauth.tokens.audience import choose_target
from idp.oauth.tokens.issuer import TokenIssuer


class DeviceCodeGrant(BackChannelGrant):
    """A device asks again and again until a person has decided; the answer comes once."""

    GRANT_TYPE = DEVICE

    def validate_token_request(self) -> None:
        """Take the approval; whoever was signed out, locked or lost the right since gives nothing."""
        grant_id = service.redeem(self.required("device_code"), self.client.id)
        self.grant = self.usable_grant(grant_id, session_needed=True)

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """Issue what the person allowed, as far as it may still be given."""
        grant = self.grant
        target = choose_target(
            self.client, user_id=grant.user.id, scopes=grant.scopes, resources=grant.resources,
            asked=self.request.find_all("resource"),
        )  # fmt: skip
        self.audit["scope"] = " ".join(target.scopes)
        return 200, TokenIssuer().issue(self.client, target, grant=grant), self.TOKEN_RESPONSE_HEADER
