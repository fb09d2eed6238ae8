"""The pipeline of the back channel: read, authenticate, judge, mint, answer, record; the same for every grant.

Authlib's server gives dispatch and vocabulary; the four seams of ours are request, front channel, issuer and renderer.
"""

from contextlib import nullcontext
from typing import Any

import orjson
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, UnsupportedGrantTypeError
from flask import current_app
from flask.wrappers import Response

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.service import ClientInfo, find_client
from idp.core.context import context
from idp.core.errors import TooMany
from idp.feed import service as feed
from idp.limits.policy import PROTOCOL_REFUSALS
from idp.limits.service import take
from idp.oauth.authorize.refuse import FrontChannelRefused, refuse
from idp.oauth.client_auth import authenticate
from idp.oauth.errors import Refused
from idp.oauth.grants.base import BackChannelGrant
from idp.oauth.refusing.refusals import GRANT_NOT_ALLOWED, MISSING, UNSUPPORTED_GRANT
from idp.oauth.refusing.trail import sent
from idp.oauth.request import StrictRequest
from idp.oauth.unit import one_unit

EXTENSION = "idp.oauth"


class Server(AuthorizationServer):
    """The authorization server of one application."""

    def query_client(self, client_id: str) -> ClientInfo | None:
        """Return a client by its id."""
        return find_client(client_id)

    def create_oauth2_request(self, request: Any) -> StrictRequest:
        """Return a request that is parsed already unchanged; read any other as a posted form."""
        return request if isinstance(request, StrictRequest) else StrictRequest.back_channel(request)

    def create_token_response(self, request: Any = None) -> Response:
        """Answer the token endpoint (RFC 6749 §3.2): the same steps for every grant."""
        strict = None
        try:
            feed.sync()
            strict = self.create_oauth2_request(request)
            return self._issue(strict)
        except OAuth2Error as error:
            return self.handle_error_response(strict, error)

    def create_endpoint_response(self, name: str, request: Any = None) -> Response:
        """Answer an endpoint; what its reading of the request refuses is an answer too."""
        try:
            feed.sync()
            return super().create_endpoint_response(name, request)
        except OAuth2Error as error:
            return self.handle_error_response(None, error)

    def get_token_grant(self, request: StrictRequest) -> BackChannelGrant:
        """Return the grant of a token request; raise Refused for one that is unknown or off (RFC 6749 §5.2)."""
        if request.find("grant_type") is None:
            raise Refused(MISSING, detail="grant_type")
        try:
            grant: BackChannelGrant = super().get_token_grant(request)
        except UnsupportedGrantTypeError as error:
            raise Refused(UNSUPPORTED_GRANT) from error
        return grant

    def handle_response(self, status: int, body: Any, headers: Any) -> Response:
        """Make the HTTP response; nothing of it may be kept by anyone (RFC 6749 §5.1)."""
        content = orjson.dumps(body) if isinstance(body, dict) else body
        response = current_app.response_class(content, status=status, headers=dict(headers))
        response.headers["Cache-Control"] = "no-store"
        response.headers["Pragma"] = "no-cache"
        return response

    def handle_error_response(self, request: StrictRequest | None, error: OAuth2Error) -> Response:
        """Record a refusal and answer it: the code, a constant sentence, the address of its explanation."""
        if isinstance(error, FrontChannelRefused):
            return self.handle_response(*refuse(error, request))
        if not getattr(error, "recorded", False):
            _record_refusal(request, error)
        return self.handle_response(*error(self.get_error_uri(request, error)))

    def get_error_uri(self, request: StrictRequest | None, error: OAuth2Error) -> str | None:
        """Return the address that explains a refusal (RFC 6749 §5.2)."""
        del request
        return error.reference if isinstance(error, Refused) else None

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Send nothing: what others must know is audited, or told by our own signals."""

    def _issue(self, request: StrictRequest) -> Response:
        grant = self.get_token_grant(request)
        request.client = authenticate(request, grant.TOKEN_ENDPOINT_AUTH_METHODS)
        if not request.client.allows_grant(grant.GRANT_TYPE):
            raise Refused(GRANT_NOT_ALLOWED, detail=str(grant.GRANT_TYPE))
        with one_unit() if grant.WRITES else nullcontext():
            grant.validate_token_request()
            answer = grant.create_token_response()
            record(
                Tag.TOKEN_REFRESHED if grant.GRANT_TYPE == "refresh_token" else Tag.TOKEN_ISSUED,
                client_id=request.client.id, grant_type=grant.GRANT_TYPE, **grant.audit,
            )  # fmt: skip
        return self.handle_response(*answer)


def _record_refusal(request: StrictRequest | None, error: OAuth2Error) -> None:
    """Write a refusal into the audit; those of nobody in particular only up to a limit, so that none can flood it."""
    client: ClientInfo | None = request.client if request is not None else None
    if client is None:
        try:
            take(PROTOCOL_REFUSALS, context().ip or "")
        except TooMany:
            return
    record(
        Tag.CLIENT_AUTHENTICATION_FAILED if error.error == "invalid_client" else Tag.TOKEN_REFUSED,
        actor=f"client:{client.id}" if client else None,
        client_id=client.id if client else None,
        refusal=error.row.anchor if isinstance(error, Refused) else error.error,
        reason=getattr(error, "detail", "") or None,
        **sent(request),
    )


def server() -> Server:
    """Return the authorization server of the present application."""
    value: Server = current_app.extensions[EXTENSION]
    return value
