"""The device authorization endpoint: a device asks for its codes (RFC 8628 §3.1)."""

from typing import Any

from authlib.oauth2.rfc6749 import Endpoint, EndpointRequest

from idp.clients.types import DEVICE
from idp.core.context import context
from idp.core.errors import TooMany
from idp.core.links import absolute_url
from idp.limits.policy import DEVICE_REQUEST
from idp.limits.service import take
from idp.oauth.authorize.checks import Draft, check_resource, check_scope
from idp.oauth.authorize.respond import QUERY, Answer
from idp.oauth.client_auth import authenticate
from idp.oauth.device import service
from idp.oauth.device.refusals import SLOW_DOWN
from idp.oauth.errors import Refused
from idp.oauth.refusing.refusals import GRANT_NOT_ALLOWED
from idp.oauth.request import StrictRequest

_CHECKS = (check_scope, check_resource)


class DeviceAuthorizationEndpoint(Endpoint):
    """Hands a device the code it keeps and the code it shows."""

    ENDPOINT_NAME = "device_authorization"

    def create_endpoint_request(self, request: Any) -> StrictRequest:
        """Read the request as a posted form."""
        return request if isinstance(request, StrictRequest) else StrictRequest.back_channel(request)

    def validate_request(self, request: StrictRequest) -> EndpointRequest:
        """Authenticate the client where it can, and judge what it asks for."""
        client = request.client = authenticate(request)
        if not client.allows_grant(DEVICE):
            raise Refused(GRANT_NOT_ALLOWED, detail=DEVICE)
        try:
            take(DEVICE_REQUEST, f"{client.id}:{context().network}")
        except TooMany as error:
            raise Refused(SLOW_DOWN, detail="too many codes asked for") from error
        draft = Draft(request, client, Answer(client.name, "", QUERY, None))
        for check in _CHECKS:
            check(draft)
        request.credential = draft.found
        return EndpointRequest(request=request, client=client)

    def create_response(self, validated_request: EndpointRequest) -> tuple[int, Any, list[tuple[str, str]]]:
        """Answer with both codes and the address where one of them is typed (RFC 8628 §3.2)."""
        found = validated_request.request.credential
        issued = service.issue(validated_request.client.id, found["scopes"], found["resources"])
        answer = {
            "device_code": issued.device_code, "user_code": issued.user_code,
            "verification_uri": absolute_url("device.enter"),
            "verification_uri_complete": absolute_url("device.enter", user_code=issued.user_code),
            "expires_in": issued.expires_in, "interval": service.INTERVAL,
        }  # fmt: skip
        return 200, answer, [("Content-Type", "application/json")]
