"""A token looked into, a configuration compared, a request explained. What is posted is neither kept nor logged."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField

from idp.admin.answers import done
from idp.admin.routes import act, may, page, preview
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.http import render
from idp.oauth.oversight import inspection
from idp.oauth.refusing.explaining import explain
from idp.oauth.relying.checks import compare

READ, REVOKE, AUDIT = "admin.clients.read", "admin.sessions.revoke", "admin.audit.read"


class TokenForm(Form):
    """A token."""

    token = TextAreaField(_l("Token"))


class ConfigurationForm(Form):
    """What an app has written down about us."""

    configuration = TextAreaField(_l("The app’s configuration"))


class RequestForm(Form):
    """A request that went wrong."""

    request_id = StringField(_l("Id of the request"))


@page("/tools", READ)
def tools() -> Response:
    form = RequestForm(request.args)
    asked = (form.request_id.data or "").strip()[:64]
    events = find_events(request_id=asked, limit=25) if asked and may(AUDIT) else None
    return _show(form=form, events=events, explained=explain(events or []))


@preview("/tools/token", READ)
def inspect_token() -> Response:
    # What was pasted is not sent back: the page shows what it says.
    return _show(found=inspection.inspect(TokenForm(request.form).token.data or ""))


@preview("/tools/configuration", READ)
def check_configuration() -> Response:
    # Not sent back either: there may be a secret in it.
    return _show(report=compare(ConfigurationForm(request.form).configuration.data or ""))


@act("/tools/token/<grant_id>/revoke", REVOKE, Tag.GRANT_REVOKED, sudo=True)
def revoke_token(grant_id: str) -> Response:
    inspection.revoke(grant_id)
    return done(_("Everything that came with that sign-in has ended."), url_for("admin.tools"))


def _show(**values: Any) -> Response:
    shown = {"form": RequestForm(), "events": None, "found": None, "report": None, "explained": [], **values}
    return render("admin/tools/index.html", token_form=TokenForm(), configuration_form=ConfigurationForm(), **shown)
