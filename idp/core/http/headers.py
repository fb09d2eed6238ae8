"""Security headers and the Content Security Policy, built in one place."""

import re
import secrets

from flask import Response, g, request

from idp.core.assets import FOR_EVER, version_of
from idp.core.settings import settings

_SOURCE = re.compile(
    r"(?:https?://[A-Za-z0-9.\-]+(?::\d{1,5})?|https?://\[[0-9A-Fa-f:.]+\](?::\d{1,5})?|[A-Za-z][A-Za-z0-9+.\-]*:)"
)
_PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
        "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock",
        "usb", "xr-spatial-tracking",
    )
) + ", publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self)"  # fmt: skip


def csp_nonce() -> str:
    """Return the nonce of this response: 128 random bits."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def allow_form_action(source: str) -> None:
    """Let forms of this response end at one more origin or scheme.

    Chromium applies `form-action` to the redirects after a POST, so the pages of an authorization carry the
    validated redirect origin of that request. A source that is not a plain origin or scheme is left out.
    """
    if _SOURCE.fullmatch(source):
        g.setdefault("form_actions", []).append(source)


def content_security_policy() -> str:
    """Build the policy of this response."""
    form_action = " ".join(["'self'", *dict.fromkeys(g.get("form_actions", []))])
    rules = [
        "default-src 'none'",
        f"script-src 'nonce-{csp_nonce()}'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'none'",
        "connect-src 'self'",
        f"form-action {form_action}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    if settings().secure:
        rules.append("upgrade-insecure-requests")
    return "; ".join(rules)


def add_headers(response: Response) -> Response:
    """Add what every response carries, and to pages what browsers enforce."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if request_id := g.get("request_id"):
        headers["X-Request-Id"] = request_id
    if settings().secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint == "static":
        _let_be_kept(response)
    elif "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    if response.mimetype == "text/html":
        headers["Content-Security-Policy"] = content_security_policy()
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = _PERMISSIONS
        headers["Origin-Agent-Cluster"] = "?1"
    return response


def _let_be_kept(response: Response) -> None:
    """Let browsers keep a static file for ever, when it was asked for by its content's name."""
    name, wanted = (request.view_args or {}).get("filename"), request.args.get("v")
    if response.status_code in {200, 304} and name and wanted == version_of(name):
        response.headers["Cache-Control"] = FOR_EVER
