"""For any WSGI application: a middleware that lets only requests with a good token through (PEP 3333)."""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from .errors import Refused
from .header import refuse_in_query
from .metadata import metadata_document, metadata_paths
from .requirement import Requirement, check
from .verifier import TokenChecker

KEY = "idp.token"
"""Where the application finds the token in its environ."""
Environ = dict[str, Any]
Start = Callable[..., Any]


class Guard:
    """Stands before an application; serves the API's metadata too.

    It does not read bodies, so a token in a form is not seen and does not open anything (RFC 6750 §2.2).
    """

    def __init__(
        self,
        app: Callable[[Environ, Start], Iterable[bytes]],
        verifier: TokenChecker,
        requirement: Requirement | None = None,
        *,
        scopes_supported: Iterable[str] = (),
    ) -> None:
        self.app, self.verifier, self.requirement = app, verifier, requirement or Requirement()
        self.paths = metadata_paths(verifier.audience)
        self.document = metadata_document(verifier.audience, verifier.issuer.identifier, scopes_supported)

    def __call__(self, environ: Environ, start_response: Start) -> Iterable[bytes]:
        """Answer a request, or hand it on with its token."""
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        if path in self.paths and environ["REQUEST_METHOD"] == "GET":
            return _send(
                start_response, 200, [("Content-Type", "application/json")], json.dumps(self.document).encode()
            )
        try:
            refuse_in_query(environ.get("QUERY_STRING", ""))
            token = check(self.verifier.verify(environ.get("HTTP_AUTHORIZATION")), self.requirement)
        except Refused as refusal:
            headers = refusal.headers(self.verifier.resource_metadata)
            return _send(start_response, refusal.status, headers, refusal.body())
        return self.app({**environ, KEY: token}, start_response)


def _send(start_response: Start, status: int, headers: list[tuple[str, str]], body: bytes) -> list[bytes]:
    start_response(f"{status} {HTTPStatus(status).phrase}", [*headers, ("Content-Length", str(len(body)))])
    return [body]
