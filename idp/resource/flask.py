"""For Flask: an extension that checks tokens, a decorator that says what a view needs, and the API's metadata."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast

import httpx
from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug.local import LocalProxy

from .errors import InvalidRequest, Refused
from .header import refuse_in_query
from .introspection import Introspector
from .metadata import metadata_document, metadata_paths
from .requirement import Requirement, check
from .token import Token
from .verifier import LEEWAY, TokenChecker, Verifier

EXTENSION = "idp.resource"


class ResourceServer:
    """An API of Flask that takes access tokens of one issuer.

    With `client_id` and `client_secret` every token is asked about at the issuer; without, signatures are checked here.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        issuer: str,
        audience: str,
        client_id: str | None = None,
        client_secret: str | None = None,
        cache_seconds: int = 0,
        leeway: int = LEEWAY,
        scopes_supported: Iterable[str] = (),
        http: httpx.Client | None = None,
    ) -> None:
        """Raise ValueError for settings that could not be safe."""
        common: dict[str, Any] = {"issuer": issuer, "audience": audience, "leeway": leeway, "http": http}
        asking = {"client_id": client_id, "client_secret": client_secret, "cache_seconds": cache_seconds}
        self.verifier = _choose(common, asking)
        self.document = metadata_document(audience, issuer, scopes_supported)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Serve the metadata, and answer refusals, of an application."""
        app.extensions[EXTENSION] = self
        app.register_error_handler(Refused, self._answer)
        for path in sorted(metadata_paths(self.verifier.audience)):
            app.add_url_rule(path, endpoint=f"{EXTENSION}:{path}".replace(".", "_"), view_func=self._metadata)

    def authenticate(self, requirement: Requirement) -> Token:
        """Check the token of the present request; raise Refused (RFC 6750 §2)."""
        refuse_in_query(request.query_string)
        if request.mimetype == "application/x-www-form-urlencoded":
            request.get_data()  # kept, so that the view may still read the body as it came
            if "access_token" in request.form:
                raise InvalidRequest("an access token in the form is not accepted")
        token = self.verifier.verify(request.headers.getlist("Authorization"))
        return check(token, requirement)

    def _answer(self, refusal: Refused) -> Response:
        headers = refusal.headers(self.verifier.resource_metadata)
        return Response(refusal.body(), refusal.status, headers)

    def _metadata(self) -> Response:
        return jsonify(self.document)


def _choose(common: dict[str, Any], asking: dict[str, Any]) -> TokenChecker:
    """Return a checker that asks, or one that does not; never the latter for half of what the former needs."""
    if asking["client_id"] and asking["client_secret"]:
        return Introspector(**common, **asking)
    if any(value not in (None, 0) for value in asking.values()):
        raise ValueError("introspection needs both client_id and client_secret")
    return Verifier(**common)


def require(
    *,
    scope: str | Iterable[str] = (),
    role: str | Iterable[str] = (),
    permission: str | Iterable[str] = (),
    acr: str | None = None,
    max_age: int | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let only requests with a token that fulfils this through to a view; `require()` asks for any good token.

    It stands below the route. Raise Refused, which the extension answers, ValueError for what no token could fulfil.
    """
    requirement = Requirement(scope=scope, role=role, permission=permission, acr=acr, max_age=max_age)

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            server: ResourceServer = current_app.extensions[EXTENSION]
            g.idp_resource_token = server.authenticate(requirement)
            return current_app.ensure_sync(view)(*args, **values)

        return guarded

    return decorate


def _find_token() -> Token:
    token = g.get("idp_resource_token")
    if token is None:
        raise RuntimeError("there is a current_token only in a view that has the decorator require")
    return cast(Token, token)


current_token: Token = cast(Token, LocalProxy(_find_token))
"""The token of the present request, in a view that has the decorator."""
