"""Who may sign in to an app and which APIs it may ask for; and whether one person may, with the reason."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from idp.access import catalogue
from idp.accounts.errors import UnknownUser
from idp.accounts.http.answers import read_version
from idp.accounts.service import get_by_name
from idp.admin.answers import done
from idp.admin.clients.forms import AccessForm, CheckForm
from idp.admin.clients.kinds import PEOPLE, READ, WRITE
from idp.admin.clients.tabs import show, url_of
from idp.admin.clients.wizard_form import offered_apis
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.routes import act, may, page
from idp.audit.tags import Tag
from idp.clients import service
from idp.clients.models import Client
from idp.clients.types import TYPES
from idp.oauth.apps.reach import check_may_change
from idp.oauth.oversight import insight


@page("/clients/<client_id>/access", READ)
def client_access(client_id: str) -> Response:
    row = service.get_client(client_id)
    return _show(row, _filled(row))


@act("/clients/<client_id>/access", WRITE, Tag.CLIENT_EDITED)
def save_access(client_id: str) -> Response:
    row = service.get_client(client_id)
    form = _with_choices(AccessForm(request.form), row)

    def save() -> Response:
        values = {"allowed_apis": form.allowed_apis.data or []}
        if TYPES[row.type].scopes:
            values |= {
                "allowed_roles": form.allowed_roles.data or [], "require_second_step": form.require_second_step.data,
            }  # fmt: skip
        check_may_change(row, values)
        service.update_client(client_id, values, expected_version=read_version(form.version.data))
        return done(_("The app was saved."), url_of("client_access", client_id))

    edit = Edit(lambda: _filled(service.get_client(client_id)), url_of("client_access", client_id), "clients",
                Tag.CLIENT_EDITED, f"client:{client_id}",
                () if TYPES[row.type].scopes else {"allowed_roles", "require_second_step"})  # fmt: skip
    return save_edit(form, save, lambda status: _show(service.get_client(client_id), form, status), edit)


def _filled(row: Client) -> AccessForm:
    return _with_choices(AccessForm(obj=row), row)


def _with_choices(form: AccessForm, row: Client) -> AccessForm:
    """Offer what there is, and what the app has already, so that saving loses nothing."""
    roles = [role.name for role in catalogue.list_roles()]
    apis = [api.identifier for api in offered_apis()]
    form.allowed_roles.choices = list(dict.fromkeys([*roles, *row.allowed_roles]))
    form.allowed_apis.choices = list(dict.fromkeys([*apis, *row.allowed_apis]))
    return form


def _show(row: Client, form: AccessForm, status: int = 200) -> Response:
    fill_version(form, row)
    check = CheckForm(request.args)
    return show(
        "client_access", "access", row, status, form=form, check=check, signs_in=bool(TYPES[row.type].scopes),
        is_judge=TYPES[row.type].grant_types == (), **_judged(row, check),
    )  # fmt: skip


def _judged(row: Client, check: CheckForm) -> dict[str, Any]:
    """Find the person who was asked about, and judge them as a sign-in would."""
    name = (check.user.data or "").strip()[:254]
    if not name or not may(PEOPLE):
        return {"person": None, "verdict": None}
    try:
        person = get_by_name(name)
    except UnknownUser as error:
        check.user.errors = [error.public]
        return {"person": None, "verdict": None}
    return {"person": person, "verdict": insight.judge(person, row.id)}
