"""An app turned off and on, and deleted for good."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from idp.admin.answers import confirm, done, done_in_list, submit, typed
from idp.admin.clients.kinds import FILTERS, READ, WRITE
from idp.admin.clients.tabs import show, url_of
from idp.admin.forms import ConfirmForm
from idp.admin.routes import act, may, page
from idp.audit.tags import Tag
from idp.clients import service
from idp.clients.models import Client
from idp.oauth.apps.reach import check_may_change
from idp.oauth.oversight import overview
from idp.operate.managed import is_managed
from idp.sessions.errors import NotPermitted


@page("/clients/<client_id>/danger", WRITE)
def client_danger(client_id: str) -> Response:
    row = service.get_client(client_id)
    return show("client_danger", "danger", row, lost=_what_breaks(row))


@act("/clients/<client_id>/disable", WRITE, Tag.CLIENT_DISABLED)
def disable_client(client_id: str) -> Response:
    service.disable_client(_changeable(client_id).id)
    return done(_("The app is turned off; everything it was granted has ended."), url_of("client_danger", client_id))


@act("/clients/<client_id>/enable", WRITE, Tag.CLIENT_ENABLED)
def enable_client(client_id: str) -> Response:
    row = _changeable(client_id)
    service.enable_client(row.id)
    here = url_of("client_danger", client_id)
    return done_in_list(row.name, _("The app is turned on."), "admin.clients", FILTERS, here)


@page("/clients/<client_id>/delete", WRITE, sudo=True)
def ask_delete_client(client_id: str) -> Response:
    if not may(READ):
        raise NotPermitted(READ)
    return _ask_delete(service.get_client(client_id), ConfirmForm())


@act("/clients/<client_id>/delete", WRITE, Tag.CLIENT_DELETED, sudo=True)
def delete_client(client_id: str) -> Response:
    row, form = _changeable(client_id), ConfirmForm(request.form)

    def delete() -> Response:
        typed(form, row.name)
        service.delete_client(client_id)
        return done(_("The app is deleted."), url_for("admin.clients"))

    return submit(form, delete, lambda status: _ask_delete(service.get_client(client_id), form, status))


def _changeable(client_id: str) -> Client:
    """Return an app that the operator may change: none that may do more than they."""
    row = service.get_client(client_id)
    check_may_change(row)
    return row


def _what_breaks(row: Client) -> list[str]:
    reach = overview.count_reach(row.id)
    lines = [
        ngettext("%(num)s person gave it access.", "%(num)s people gave it access.", reach.people),
        ngettext("It is used in %(num)s session.", "It is used in %(num)s sessions.", reach.sessions),
    ]
    return [*lines, _("There are more: not all were counted.")] if reach.is_more else lines


def _ask_delete(row: Client, form: ConfirmForm, status: int = 200) -> Response:
    lost = [
        *_what_breaks(row), _("People cannot sign in to it any more."), _("Every token it holds stops working."),
        _("Its id is never given again by itself."),
    ]  # fmt: skip
    return confirm(
        form, status, title=_("Delete this app?"), consequences=lost, wanted=row.name, here="clients",
        button=_("Delete the app"), back_url=url_of("client_danger", row.id),
        managed=is_managed("client", row.id),
    )  # fmt: skip
