"""Cross-site request forgery: every form carries a token bound to the browser and its session."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import g, request
from markupsafe import Markup
from werkzeug.exceptions import Forbidden

from idp.core.http.cookies import browser_id, read_cookie
from idp.core.http.marks import has_mark, reads_for_itself
from idp.core.secrets import equal, keyed_digest

View = TypeVar("View", bound=Callable[..., Any])
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class StaleForm(Forbidden):
    """The form's token is missing, foreign or of an ended session."""


def anonymous_form(view: View) -> View:
    """Mark a form that people fill in before they sign in: a token made without a session stays good.

    Two tabs then don't fight when one of them signs in.
    """
    view.idp_anonymous_form = True  # type: ignore[attr-defined]
    return view


def csrf_token() -> str:
    """Return the token of this browser and session."""
    cookie = g.get("new_session_cookie")
    return _token(cookie if cookie is not None else read_cookie("session") or "")


def csrf_field() -> Markup:
    """Return the hidden field that every form carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf_token())


def check_csrf() -> None:
    """Refuse a state-changing request of a page without the right token; raise StaleForm."""
    if request.method in _SAFE_METHODS or request.endpoint is None or reads_for_itself():
        return
    sent = request.form.get("csrf_token") or request.headers.get("X-CSRF-Token") or ""
    good = [csrf_token()]
    if has_mark("idp_anonymous_form"):
        good.append(_token(""))
    if not any(equal(sent, token) for token in good):
        raise StaleForm


def _token(session_cookie: str) -> str:
    return keyed_digest("csrf", f"{browser_id()}|{session_cookie}")
