"""One-time messages for the next page, in a short-lived signed cookie."""

from typing import Any

from flask import Response, g
from itsdangerous import BadSignature, URLSafeTimedSerializer

from idp.core import cipher
from idp.core.http.cookies import clear_cookie, read_cookie, set_cookie

_SECONDS = 120


def flash(kind: str, text: Any) -> None:
    """Keep a message (`success`, `note` or `error`) for the next page this browser sees."""
    g.setdefault("flash_out", []).append([kind, str(text)])


def flashed() -> list[tuple[str, str]]:
    """Take the messages that wait for this browser."""
    if "flash_in" not in g:
        g.flash_in = _read()
    messages = [*g.flash_in, *g.pop("flash_out", [])]
    g.flash_in = []
    g.flash_shown = True
    return [(kind, text) for kind, text in messages]


def keep_flashes(response: Response) -> Response:
    """Send the messages along, or take back those that were shown."""
    if waiting := g.get("flash_out"):
        set_cookie(response, "flash", _serializer().dumps(waiting), max_age=_SECONDS)
    elif g.get("flash_shown") and read_cookie("flash"):
        clear_cookie(response, "flash")
    return response


def _read() -> list[list[str]]:
    value = read_cookie("flash")
    if not value:
        return []
    try:
        messages: list[list[str]] = _serializer().loads(value, max_age=_SECONDS)
    except BadSignature:
        return []
    return messages


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cipher.derive("flash"), salt="flash")
