"""What an API answers when it does not let a request through: status, `WWW-Authenticate`, a body of JSON."""

import json
import re
from collections.abc import Iterable

_NOT_ALLOWED = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e]")
"""What `error`, `error_description` and `scope` may not contain (RFC 6750 §3)."""


class Refused(Exception):
    """A request that is not let through; the subclass says why, `status` and `headers()` how it is answered.

    `description` is a sentence of ours for the developer of the client, and never a part of what was sent.
    """

    status = 401
    error: str | None = None
    """The error code of the challenge."""

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description

    def attributes(self) -> dict[str, str]:
        """Return what the challenge says beside the address of the metadata, in order (RFC 6750 §3)."""
        return {"error": self.error, "error_description": self.description} if self.error else {}

    def www_authenticate(self, resource_metadata: str | None = None) -> str:
        """Return the value of `WWW-Authenticate` (RFC 6750 §3, RFC 9470 §3, RFC 9728 §5.1)."""
        attributes = self.attributes()
        if resource_metadata:
            attributes["resource_metadata"] = resource_metadata
        pairs = (f'{name}="{_NOT_ALLOWED.sub("?", value)}"' for name, value in attributes.items())
        return f"Bearer {', '.join(pairs)}".rstrip()

    def headers(self, resource_metadata: str | None = None) -> list[tuple[str, str]]:
        """Return the headers of the answer."""
        return [
            ("WWW-Authenticate", self.www_authenticate(resource_metadata)),
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
        ]

    def body(self) -> bytes:
        """Return the answer's body, for people: programs read the header."""
        said = {"error": self.error, "error_description": self.description}
        return json.dumps({name: value for name, value in said.items() if value}).encode()


class NoToken(Refused):
    """No access token was sent: the challenge has no error code (RFC 6750 §3.1)."""


class InvalidRequest(Refused):
    """The token was sent in a way that is not allowed, or in more than one (RFC 6750 §3.1)."""

    status = 400
    error = "invalid_request"


class InvalidToken(Refused):
    """The access token is expired, revoked, malformed, or not for this API (RFC 6750 §3.1)."""

    error = "invalid_token"


class InsufficientScope(Refused):
    """The access token is good, but does not allow this; `scopes` is what does (RFC 6750 §3.1)."""

    status = 403
    error = "insufficient_scope"

    def __init__(self, description: str, scopes: Iterable[str] = ()) -> None:
        super().__init__(description)
        self.scopes = tuple(scopes)

    def attributes(self) -> dict[str, str]:
        """Add the scopes that are needed, all of them."""
        return super().attributes() | ({"scope": " ".join(self.scopes)} if self.scopes else {})


class InsufficientUserAuthentication(Refused):
    """The person must sign in anew or more strongly: the client asks for this at the issuer (RFC 9470 §3)."""

    error = "insufficient_user_authentication"

    def __init__(self, description: str, *, acr: str | None = None, max_age: int | None = None) -> None:
        super().__init__(description)
        self.acr, self.max_age = acr, max_age

    def attributes(self) -> dict[str, str]:
        """Add what the client must ask for (RFC 9470 §3)."""
        wanted = {"acr_values": self.acr, "max_age": None if self.max_age is None else str(self.max_age)}
        return super().attributes() | {name: value for name, value in wanted.items() if value is not None}


class IssuerUnreachable(Refused):
    """Whether the token is good cannot be told now: the issuer does not answer. Nobody is let in."""

    status = 503
    retry_after = 5

    def headers(self, resource_metadata: str | None = None) -> list[tuple[str, str]]:  # noqa: ARG002 - no challenge
        """Return the headers of the answer: a later attempt may succeed with the same token (RFC 9110 §10.2.3)."""
        return [
            ("Retry-After", str(self.retry_after)),
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
        ]
