"""One-time messages for the next page, in a short-lived signed cookie."""

from typing import Any

from flask import Response, g
from itsdangerous import BadSignature, URLSafeTimedSerializer

from idp.core import cipher
from idp.core.http.cookies import clear_cookie, read_cookie, set_cookie

_SECONDS = 120


def flash(kind: str, text: Any, undo: tuple[str, str] | None = None) -> None:
    """Keep a message (`success`, `note` or `error`) for the next page this browser sees.

    `undo` is the address of a form that takes the deed back, and the token that it carries.
    """
    g.setdefault("flash_out", []).append([kind, str(text), undo])


def flashed() -> list[tuple[str, str, tuple[str, str] | None]]:
    """Take the messages that wait for this browser: kind, text, and how it is undone."""
    if "flash_in" not in g:
        g.flash_in = _read()
    messages = [*g.flash_in, *g.pop("flash_out", [])]
    g.flash_in = []
    g.flash_shown = True
    return [(message[0], message[1], message[2] if len(message) > 2 else None) for message in messages]


def keep_flashes(response: Response) -> Response:
    """Send the messages along, or take back those that were shown."""
    if waiting := g.get("flash_out"):
        set_cookie(response, "flash", _serializer().dumps(waiting), max_age=_SECONDS)
    elif g.get("flash_shown") and read_cookie("flash"):
        clear_cookie(response, "flash")
    return response


def _read() -> list[list[Any]]:
    value = read_cookie("flash")
    if not value:
        return []
    try:
        messages: list[list[Any]] = _serializer().loads(value, max_age=_SECONDS)
    except BadSignature:
        return []
    return messages


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cipher.derive("flash"), salt="flash")
