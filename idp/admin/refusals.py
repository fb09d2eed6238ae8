"""What an act of the console answers that a rule refuses: the rule's words inside the frame, and the way back."""

import re

from flask import Response, g, request, url_for
from flask_babel import gettext as _

from idp.admin.nav import entry_of
from idp.admin.routes import ROUTES, blueprint, may
from idp.core.errors import DomainError, Forbidden
from idp.core.http import render
from idp.core.http.errors import error_answer
from idp.sessions.errors import NotPermitted

_ABOVE, _PART = "/admin", re.compile(r"<(?:\w+:)?(\w+)>")


@blueprint.errorhandler(DomainError)
def refused(error: DomainError) -> Response:
    """Answer with the status and the words of a refusal; who has no right to the page gets the page that says so."""
    retry_after = getattr(error, "retry_after", None)
    if isinstance(error, NotPermitted) or error.status == 401 or error.status >= 500:
        return error_answer(error.status, retry_after=retry_after, message=error.public)
    about = error.about if may("admin.users.read") else None
    response = render(
        "admin/refused.html", error.status, message=str(error.public), about=about, title=_title(error.status),
        here=entry_of(request.path), back_url=_way_back(), request_id=g.get("request_id", ""),
    )  # fmt: skip
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _title(status: int) -> str:
    if status == Forbidden.status:
        return _("You may not do this")
    if request.method == "POST":
        return _("This was not done")
    return _("There is nothing here") if status in {404, 410} else _("This request can’t be read")


def _way_back() -> str:
    """Return the page an act belongs to: the nearest above its address that the person may see.

    No browser tells where it came from: the pages ask it not to.
    """
    pages = {_ABOVE + route.rule: route for route in ROUTES if route.method == "GET"}
    rule, values = request.url_rule.rule if request.url_rule else _ABOVE, request.view_args or {}
    above = rule if request.method == "POST" else rule.rpartition("/")[0]
    while above.startswith(_ABOVE + "/"):
        route = pages.get(above)
        if route is not None and may(route.permission):
            return url_for(f"admin.{route.endpoint}", **{name: values[name] for name in _PART.findall(above)})
        above = above.rpartition("/")[0]
    return url_for("admin.dashboard")
