"""Small helpers of every view: render, redirect, and the one judge of local return addresses."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template


def render(template: str, status: int = 200, **values: Any) -> Response:
    """Render a page with a status."""
    return make_response(render_template(template, **values), status)


def attachment(text: str, media_type: str, name: str) -> Response:
    """Send a text as a file to keep."""
    response = make_response(text)
    response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def see_other(location: str) -> Response:
    """Send the browser on with 303, so that no form is posted twice (RFC 9700 §4.12)."""
    return make_response(redirect(location, 303))


def safe_next(value: str | None) -> str | None:
    """Return a path of our own server, or None for anything that could lead elsewhere."""
    if not value or len(value) > 2048 or not value.startswith("/") or value.startswith("//"):
        return None
    if "\\" in value or any(ord(character) < 33 or ord(character) == 127 for character in value):
        return None
    parts = urlsplit(value)
    if parts.scheme or parts.netloc or value.lower().startswith(("/%09", "/%0a", "/%0d", "/%2f", "/%5c")):
        return None
    return value
