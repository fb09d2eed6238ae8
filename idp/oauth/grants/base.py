"""What every grant of the house has in common."""

from typing import Any, ClassVar

from authlib.oauth2.rfc6749 import BaseGrant, TokenEndpointMixin

from idp.clients.service import ClientInfo
from idp.oauth.client_auth import METHODS
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import GRANT_OVER, MISSING
from idp.oauth.request import StrictRequest
from idp.oauth.standing import GrantState, NotUsable, get_usable_grant


class BackChannelGrant(BaseGrant, TokenEndpointMixin):
    """A grant of the token endpoint; the pipeline has authenticated `self.client` before it is asked anything."""

    TOKEN_ENDPOINT_AUTH_METHODS: ClassVar[Any] = METHODS
    WRITES: ClassVar[bool] = True
    """Whether the grant changes the database, and so needs a transaction."""
    request: StrictRequest
    audit: dict[str, Any]
    """What the audit says about the answer: subject, session, grant, scope."""

    def __init__(self, request: StrictRequest, server: Any) -> None:
        super().__init__(request, server)
        self.audit = {}

    @property
    def client(self) -> ClientInfo:
        """The authenticated client."""
        client: ClientInfo = self.request.client
        return client

    def authenticate_token_endpoint_client(self) -> ClientInfo:
        """Return the client the pipeline has authenticated."""
        return self.client

    def required(self, name: str) -> str:
        """Return a parameter; raise Refused when it is absent."""
        value = self.request.find(name)
        if value is None:
            raise Refused(MISSING, detail=name)
        return value

    def usable_grant(self, grant_id: str, *, session_needed: bool = False) -> GrantState:
        """Return a grant that person, app and session still stand behind; raise Refused when they don't."""
        try:
            grant = get_usable_grant(grant_id, self.client, session_needed=session_needed)
        except NotUsable as over:
            raise Refused(GRANT_OVER, detail=over.reason) from over
        self.audit = {
            "actor": f"client:{self.client.id}", "subject": f"user:{grant.user.id}", "session_id": grant.session_id,
            "grant": grant.id,
        }  # fmt: skip
        return grant
