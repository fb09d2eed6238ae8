"""Cross-origin reading: apps in browsers may call the endpoints that live by a token or are public (RFC 9700 §2.6).

The answer is always `*` and never allows credentials, so a cookie can neither be sent nor be of use. The authorization
endpoint and everything that lives by a cookie have no such header at all.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, current_app, request

from idp.core.http.marks import has_mark

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "idp_any_origin"
_ALLOWED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Expose-Headers": "WWW-Authenticate, Retry-After, X-Request-Id",
    "Access-Control-Max-Age": "600",
}


def any_origin(view: View) -> View:
    """Mark a view that scripts of any origin may read, without credentials."""
    setattr(view, _MARK, True)
    return view


def cacheable(body: bytes, etag: str, *, max_age: int) -> Response:
    """Answer with JSON that anyone may keep for `max_age` seconds; a client that has it is told so (RFC 9110 §13)."""
    response = current_app.response_class(body, mimetype="application/json")
    response.set_etag(etag)
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    response.make_conditional(request)
    return response


def add_cross_origin_headers(response: Response) -> Response:
    """Say to browsers that a marked view may be read from anywhere; preflights come here too."""
    if has_mark(_MARK):
        response.headers.update(_ALLOWED)
    return response
