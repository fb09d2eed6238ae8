"""A form whose answer shows a secret is taken once: who loads that answer anew makes no second one."""

from datetime import timedelta

from flask import Response, request
from flask_babel import gettext as _
from markupsafe import Markup

from idp.admin.answers import done
from idp.core.errors import TooMany
from idp.core.secrets import random_token
from idp.limits.policy import Limit
from idp.limits.service import take
from idp.sessions import http as sessions

_DAY = timedelta(days=1)
_FORM = Limit("console_form", 1, _DAY, (_DAY,))
_LONGEST = 64


def form_once() -> Markup:
    """Return the hidden field that tells a form from every other one."""
    return Markup('<input type="hidden" name="form_id" value="{}">').format(random_token())


def answer_again(url: str) -> Response | None:
    """Return what a form is answered that was taken before, or None for one that comes for the first time."""
    form_id = request.form.get("form_id", "")[:_LONGEST]
    if not form_id:
        return None
    try:
        take(_FORM, f"{sessions.get_session().id}|{form_id}")
    except TooMany:
        return done(_("This was done already. A secret is shown once, and is not shown again."), url)
    return None
