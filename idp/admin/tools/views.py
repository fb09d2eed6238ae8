"""A token looked into, a request looked up. A token comes by a posted form only, and is neither kept nor logged."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField

from idp.admin.answers import done
from idp.admin.routes import act, may, page, preview
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.http import render
from idp.oauth import inspection

READ, REVOKE, AUDIT = "admin.clients.read", "admin.sessions.revoke", "admin.audit.read"


class TokenForm(Form):
    """A token."""

    token = TextAreaField(_l("Token"))


class RequestForm(Form):
    """A request that went wrong."""

    request_id = StringField(_l("Id of the request"))


@page("/tools", READ)
def tools() -> Response:
    form = RequestForm(request.args)
    asked = (form.request_id.data or "").strip()[:64]
    events = find_events(request_id=asked, limit=25) if asked and may(AUDIT) else None
    return render("admin/tools/index.html", token_form=TokenForm(), form=form, events=events, found=None)


@preview("/tools/token", READ)
def inspect_token() -> Response:
    form = TokenForm(request.form)
    found = inspection.inspect(form.token.data or "")
    # What was pasted is not sent back: the page shows what it says.
    return render("admin/tools/index.html", token_form=TokenForm(), form=RequestForm(), events=None, found=found)


@act("/tools/token/<grant_id>/revoke", REVOKE, Tag.GRANT_REVOKED, sudo=True)
def revoke_token(grant_id: str) -> Response:
    inspection.revoke(grant_id)
    return done(_("Everything that came with that sign-in has ended."), url_for("admin.tools"))
