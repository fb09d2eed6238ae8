"""Answers that many account pages give: a form again with what was wrong, one thing said, a dead link."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from wtforms import Form

from idp.accounts.errors import DeadLink
from idp.core.errors import DomainError, TooMany
from idp.core.http import render
from idp.core.settings import settings
from idp.core.typed import read_number

Again = Callable[[int], Response]
"""Shows a form again, with a status."""
_FLOW = re.compile(r"[0-9A-Z]{26}")


def clean_flow(value: str | None) -> str | None:
    """Return the id of the sign-in to an app that a page belongs to, if it looks like one."""
    return value if value and _FLOW.fullmatch(value) else None


def show_form(template: str, form: Form, status: int = 200, **values: Any) -> Response:
    """Show a form."""
    flow = clean_flow(form["flow"].data) if "flow" in form else None
    return render(template, status, form=form, flow=flow, **values)


def again(template: str, form: Form, **values: Any) -> Again:
    """Remember how to show a form again."""
    return lambda status: show_form(template, form, status, **values)


def submit(form: Form, act: Callable[[], Response], again: Again) -> Response:
    """Do what a form asks; show it again with what was wrong in it, beside the field where there is one."""
    if not form.validate():
        return again(422)
    try:
        return act()
    except TooMany as error:
        form.form_errors.append(wait_words(error))
        response = again(error.status)
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    except DomainError as error:
        if error.field not in form:
            raise
        form[error.field].errors = [*form[error.field].errors, error.public]
        return again(error.status)


def read_version(typed: str | None) -> int:
    """Read the version that a form was made for; anything else is of no version, and so a lost update."""
    found = read_number(typed)
    return -1 if found is None else found


def wait_words(error: TooMany) -> str:
    """Say how long to wait."""
    return _("Too many tries. Try again in %(time)s.", time=format_timedelta(timedelta(seconds=error.retry_after)))


def message(title: str, text: Any, *, status: int = 200, action: tuple[str, str] | None = None) -> Response:
    """Show a page that says one thing and offers one way on."""
    url, label = action or (None, None)
    return render("auth/message.html", status, title=title, text=text, action_url=url, action_label=label)


def locked(title: str) -> Response:
    """Say that an account is locked because its owner said so, and what opens it."""
    text = _("You are signed out everywhere, and nobody can sign in with the old password. Choose a new one now.")
    return message(title, text, action=(url_for("accounts.forgot"), _("Choose a new password")))


def dead_link(error: DeadLink) -> Response:
    """Say that a link does not work any more, and offer what helps."""
    if request.path.startswith("/verify"):
        action = (url_for("authn.login"), _("Sign in to get a new one"))
    elif request.path.startswith("/invite"):
        return message(_("This invitation does not work"), f"{error.public} {_support()}".strip(), status=error.status)
    elif request.path.startswith("/login"):
        action = (url_for("authn.login"), _("Sign in"))
    else:
        action = (url_for("accounts.forgot"), _("Reset your password"))
    return message(_("This link does not work"), error.public, status=error.status, action=action)


def closed(error: DomainError) -> Response:
    """Say that accounts are not created here, and whom to ask."""
    action = (url_for("authn.login"), _("Sign in"))
    text = f"{error.public} {_support()}".strip()
    return message(_("You cannot create an account here"), text, status=error.status, action=action)


def _support() -> str:
    brand = settings().brand
    if brand.support_email:
        return _("Write to %(address)s.", address=brand.support_email)
    return _("Help: %(address)s", address=brand.support_url) if brand.support_url else ""
