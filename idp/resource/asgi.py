"""For any ASGI application: a middleware that lets only requests with a good token through (ASGI 3)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from .errors import Refused
from .header import refuse_in_query
from .metadata import metadata_document, metadata_paths
from .requirement import Requirement, check
from .token import Token
from .verifier import TokenChecker

KEY = "idp.token"
"""Where the application finds the token in its scope."""
POLICY_VIOLATION = 1008
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Guard:
    """Stands before an application, for HTTP and WebSockets; serves the API's metadata too.

    It does not read bodies, so a token in a form is not seen and does not open anything (RFC 6750 §2.2).
    """

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        verifier: TokenChecker,
        requirement: Requirement | None = None,
        *,
        scopes_supported: Iterable[str] = (),
    ) -> None:
        self.app, self.verifier, self.requirement = app, verifier, requirement or Requirement()
        self.paths = metadata_paths(verifier.audience)
        self.document = metadata_document(verifier.audience, verifier.issuer.identifier, scopes_supported)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on with its token; raise ValueError for a protocol nobody here knows."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] not in {"http", "websocket"}:
            raise ValueError(f"requests of the type {scope['type']} cannot be guarded")
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in self.paths:
            body = json.dumps(self.document).encode()
            await _send(send, 200, [("Content-Type", "application/json")], body)
            return
        try:
            # A thread, because the issuer may have to be asked, and everybody else must not wait for that.
            token = await asyncio.to_thread(self._authenticate, scope)
        except Refused as refusal:
            await self._refuse(refusal, scope, receive, send)
            return
        await self.app({**scope, KEY: token}, receive, send)

    def _authenticate(self, scope: Scope) -> Token:
        refuse_in_query(scope.get("query_string", b""))
        sent = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"authorization"]
        return check(self.verifier.verify(sent), self.requirement)

    async def _refuse(self, refusal: Refused, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()  # the opening handshake, which the server answers with 403
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
            return
        headers = refusal.headers(self.verifier.resource_metadata)
        await _send(send, refusal.status, headers, refusal.body())


async def _send(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
