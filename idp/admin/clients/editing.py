"""An app changed: its name, its addresses, what it may ask for."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from idp.accounts.http.answers import read_version
from idp.admin.answers import done
from idp.admin.clients.forms import ClientForm
from idp.admin.clients.kinds import WRITE
from idp.admin.clients.tabs import show, url_of
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.routes import act, may, page
from idp.audit.tags import Tag
from idp.clients import service
from idp.clients.models import Client
from idp.clients.types import TYPES
from idp.oauth.apps.reach import VOUCH, check_may_change


@page("/clients/<client_id>/edit", WRITE)
def edit_client(client_id: str) -> Response:
    row = service.get_client(client_id)
    return _edit(row, _filled(row))


@act("/clients/<client_id>/edit", WRITE, Tag.CLIENT_EDITED)
def save_client(client_id: str) -> Response:
    form = ClientForm(request.form)

    def save() -> Response:
        values = _values(form)
        check_may_change(service.get_client(client_id), values)
        service.update_client(client_id, values, expected_version=read_version(form.version.data))
        return done(_("The app was saved."), url_of("edit_client", client_id))

    edit = Edit(lambda: _filled(service.get_client(client_id)), url_of("edit_client", client_id), "clients",
                Tag.CLIENT_EDITED, f"client:{client_id}", set() if may(VOUCH) else {"first_party"})  # fmt: skip
    return save_edit(form, save, lambda status: _edit(service.get_client(client_id), form, status), edit)


def _values(form: ClientForm) -> dict[str, Any]:
    return {
        "name": form.name.data, "redirect_uris": (form.redirect_uris.data or "").split(),
        "post_logout_redirect_uris": (form.post_logout_redirect_uris.data or "").split(),
        "client_uri": form.client_uri.data or None, "scopes": (form.scopes.data or "").split(),
        **({"first_party": form.first_party.data} if may(VOUCH) else {}),
    }  # fmt: skip


def _filled(row: Client) -> ClientForm:
    form = ClientForm(obj=row)
    # A list is typed as lines or words.
    for name, between in {"redirect_uris": "\n", "post_logout_redirect_uris": "\n", "scopes": " "}.items():
        form[name].data = between.join(getattr(row, name))
    return form


def _edit(row: Client, form: ClientForm, status: int = 200) -> Response:
    fill_version(form, row)
    kind = TYPES[row.type]
    return show("edit_client", "edit", row, status, form=form, redirects=kind.redirects, signs_in=bool(kind.scopes),
                may_vouch=may(VOUCH))  # fmt: skip
