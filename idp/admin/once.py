"""A form whose answer shows a secret is taken once: who loads that answer anew makes no second one."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from markupsafe import Markup

from idp.core.errors import DomainError, TooMany
from idp.core.http import flash, see_other
from idp.core.secrets import random_token
from idp.limits.policy import Limit
from idp.limits.service import clear, take
from idp.sessions import http as sessions

_DAY = timedelta(days=1)
_FORM = Limit("console_form", 1, _DAY, (_DAY,))
_LONGEST = 64


def form_once() -> Markup:
    """Return the hidden field that tells a form from every other one."""
    return Markup('<input type="hidden" name="form_id" value="{}">').format(random_token())


def once(url: str, act: Callable[[], Response], says: Any = None) -> Response:
    """Do what a form asks; lead to `url` and say so when it was done before. What was refused may be sent again."""
    form_id = request.form.get("form_id", "")[:_LONGEST]
    if not form_id:
        return act()
    key = f"{sessions.get_session().id}|{form_id}"
    try:
        take(_FORM, key)
    except TooMany:
        flash("warning", says or _("This was done already. A secret is shown once, and is not shown again."))
        return see_other(url)
    try:
        return act()
    except DomainError:
        clear(_FORM, key)
        raise
