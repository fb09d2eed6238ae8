"""What happens to every request before its view, and to every response after it."""

import re
import uuid

from flask import Flask, g, request
from werkzeug.exceptions import BadRequest, HTTPException, RequestURITooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from idp.core.context import CallContext, set_context
from idp.core.http.cookies import read_cookie, remember_browser
from idp.core.http.csrf import check_csrf
from idp.core.http.flash import keep_flashes
from idp.core.http.headers import add_headers
from idp.core.http.marks import largest_body, reads_for_itself
from idp.core.settings import Settings, settings

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LONGEST_QUERY = 8192
_PASSWORDS = {"password", "new_password"}
"""Fields in which every character counts, NUL too (SP 800-63B-4 §3.1.1.2); they are hashed and never stored."""
_MOST_PARTS_BESIDE_A_FILE = 1000
_ANY_HOST = {"/livez", "/readyz", "/metrics"}


class WrongHost(HTTPException):
    """The request names a host that is not the issuer's (RFC 9110 §15.5.20)."""

    code = 421
    description = "This server does not answer for that host."


def init_app(app: Flask, config: Settings) -> None:
    """Put the hooks and bounds in place."""
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = 64 * 1024
    app.config["MAX_FORM_PARTS"] = 100
    if config.proxy.hops:
        hops = config.proxy.hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.before_request(_check_shape)
    app.before_request(check_csrf)
    app.after_request(remember_browser)
    app.after_request(keep_flashes)
    app.after_request(add_headers)


def _begin() -> None:
    sent = request.headers.get("X-Request-Id", "")
    if largest := largest_body():
        request.max_content_length = largest
        # A form with a file is sent in parts, one a box that is ticked; their bytes are bounded all the same.
        request.max_form_parts = _MOST_PARTS_BESIDE_A_FILE
    g.request_id = sent if _REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
    set_context(
        CallContext(
            request_id=g.request_id,
            ip=request.remote_addr,
            user_agent=request.headers.get("User-Agent", "")[:400],
            browser_id=read_cookie("browser"),
            actor="anonymous",
        )
    )


def _check_shape() -> None:
    if request.host != settings().host and request.path not in _ANY_HOST:
        raise WrongHost
    if len(request.query_string) > _LONGEST_QUERY:
        raise RequestURITooLarge
    if reads_for_itself():
        return
    typed = [value for name, value in request.form.items(multi=True) if name not in _PASSWORDS]
    values = [*request.args.values(), *typed, request.path]
    if any("\x00" in value for value in values):
        raise BadRequest
