"""An app changed: its name, its addresses, what it may ask for, how it proves who it is."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from idp.accounts.http.answers import read_version
from idp.admin.answers import done
from idp.admin.clients.client_form import METHODS, ClientForm, changes_of, check_does_something, form_of
from idp.admin.clients.kinds import SECRETS, WRITE
from idp.admin.clients.review import odd_addresses
from idp.admin.clients.tabs import show, url_of
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.forms import LogoForm
from idp.admin.routes import act, ask_who_it_is, may, page
from idp.audit.tags import Tag
from idp.clients import service
from idp.clients.errors import InvalidMetadata
from idp.clients.metadata.registration import put_away
from idp.clients.models import Client
from idp.clients.types import SECRET_METHODS
from idp.oauth.apps.reach import VOUCH, changes_proof, check_may_change

_AGREED, _PROOF = "agreed", "token_endpoint_auth_method"


@page("/clients/<client_id>/edit", WRITE)
def edit_client(client_id: str) -> Response:
    row = service.get_client(client_id)
    return show_edit(row)


@act("/clients/<client_id>/edit", WRITE, Tag.CLIENT_EDITED)
def save_client(client_id: str) -> Response:
    row = service.get_client(client_id)
    form = _form(row, request.form)

    def save() -> Response:
        values = put_away(changes_of(form, row), row.metadata_)
        check_may_change(row, values)
        check_does_something(values)
        _check_agreed(form, row)
        if changes_proof(row, values) and (question := ask_who_it_is()):
            return question
        return _saved(service.update_client(client_id, values, expected_version=read_version(form.version.data)))

    edit = Edit(lambda: _form(service.get_client(client_id)), url_of("edit_client", client_id), "clients",
                Tag.CLIENT_EDITED, f"client:{client_id}")  # fmt: skip
    return save_edit(form, save, lambda status: _edit(service.get_client(client_id), form, status), edit)


def show_edit(row: Client, status: int = 200, *, logo_form: LogoForm | None = None) -> Response:
    """Show the settings of an app, or them again with what was wrong with its logo."""
    return _edit(row, _form(row), status, logo_form)


def _check_agreed(form: ClientForm, row: Client) -> None:
    """Raise InvalidMetadata, once, when the app would lose its secrets by how it is to prove itself."""
    count = _lost_secrets(form, row)
    if count and request.form.get(_AGREED) != str(count):
        raise InvalidMetadata(_PROOF, ngettext(
            "Its %(num)s secret ends at once and does not come back. Save again to go on.",
            "Its %(num)s secrets end at once and do not come back. Save again to go on.", count,
        ))  # fmt: skip


def _lost_secrets(form: ClientForm, row: Client) -> int:
    """Count the secrets that an app would lose by how it is to prove itself."""
    chosen = form.data.get(_PROOF)
    return len(service.list_secrets(row.id)) if chosen in METHODS and chosen not in SECRET_METHODS else 0


def _agreed(form: ClientForm, row: Client) -> int:
    """Return of how many secrets somebody was told that they end, or 0."""
    was_told = _AGREED in request.form or (_PROOF in form and form[_PROOF].errors)
    return _lost_secrets(form, row) if was_told else 0


def _form(row: Client, typed: Any = None) -> ClientForm:
    return form_of(row, may_vouch=may(VOUCH), may_prove=may(SECRETS), typed=typed)


def _saved(row: Client) -> Response:
    if row.token_endpoint_auth_method in SECRET_METHODS and not service.list_secrets(row.id):
        return done(_("The app was saved. It has no secret yet: add one."), url_of("client_secrets", row.id))
    return done(_("The app was saved."), url_of("edit_client", row.id))


def _edit(row: Client, form: ClientForm, status: int = 200, logo_form: LogoForm | None = None) -> Response:
    fill_version(form, row)
    return show("edit_client", "edit", row, status, form=form, may_vouch=may(VOUCH), logo_form=logo_form or LogoForm(),
                risks=odd_addresses(row.redirect_uris, row.type), agreed=_agreed(form, row))  # fmt: skip
