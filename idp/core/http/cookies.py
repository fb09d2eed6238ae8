"""Our cookies: `__Host-` names on https, HttpOnly, one of each name or none."""

import re
from dataclasses import replace
from datetime import timedelta

from flask import Response, g, request

from idp.core.context import context, set_context
from idp.core.secrets import random_token
from idp.core.settings import settings

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
MOST_TOKENS = 5
"""How many tokens one cookie holds."""
_BROWSER_LIFE = timedelta(days=400)


def cookie_name(name: str) -> str:
    """Return the full name: `__Host-idp_session`, on plain http loopback `idp_session`."""
    return f"__Host-idp_{name}" if settings().secure else f"idp_{name}"


def read_cookie(name: str) -> str | None:
    """Return a cookie's value; a name that is sent twice is ambiguous and counts as absent (RFC 6265 §8.6)."""
    full = cookie_name(name)
    values = request.cookies.getlist(full)
    return values[0] if len(values) == 1 else None


def read_tokens(name: str) -> tuple[str, ...]:
    """Return the tokens of a cookie that holds several, a few at most."""
    value = read_cookie(name) or ""
    return tuple(token for token in value.split(".")[:MOST_TOKENS] if _TOKEN.fullmatch(token))


def set_cookie(response: Response, name: str, value: str, max_age: int | None = None) -> None:
    """Set one of our cookies; `max_age` in seconds, None until the browser closes."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=max_age,
        secure=settings().secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def clear_cookie(response: Response, name: str) -> None:
    """Take one of our cookies back."""
    response.delete_cookie(cookie_name(name), secure=settings().secure, httponly=True, samesite="Lax", path="/")


def browser_id() -> str:
    """Return the random name of this browser, made and remembered when it has none."""
    if "browser_id" not in g:
        value = read_cookie("browser")
        known = value is not None and _TOKEN.fullmatch(value) is not None
        g.browser_id = value if known else random_token()
        g.browser_is_new = not known
        set_context(replace(context(), browser_id=g.browser_id))
    return str(g.browser_id)


def remember_browser(response: Response) -> Response:
    """Send the browser its new name, when a page of this request asked for one."""
    if g.get("browser_is_new"):
        set_cookie(response, "browser", g.browser_id, max_age=int(_BROWSER_LIFE.total_seconds()))
    return response
