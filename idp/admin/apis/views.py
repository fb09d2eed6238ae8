"""APIs: listed, made, changed, their permissions, and what breaks when one goes."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access import apis
from idp.access.derived.allowances import roles_allowing_at
from idp.access.models import Api
from idp.access.service import own_api
from idp.accounts.http.answers import read_version
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.apis.forms import ApiForm, NewApiForm, PermissionForm
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.forms import ConfirmForm
from idp.admin.routes import act, page
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.http import render
from idp.oauth.oversight import usage
from idp.operate.managed import is_managed, managed_names

_SHOWN = 20
"""So many apps are named on the page of an API."""

READ, WRITE = "admin.roles.read", "admin.roles.write"


@page("/apis", READ)
def list_apis() -> Response:
    rows = [(api, apis.list_permissions(api.id)) for api in apis.list_apis()]
    return render("admin/apis/list.html", rows=rows, managed=managed_names("api"))


@page("/apis/new", WRITE)
def new_api() -> Response:
    return _new(NewApiForm())


@act("/apis/new", WRITE, Tag.API_CREATED)
def create_api() -> Response:
    form = NewApiForm(request.form)

    def create() -> Response:
        identifier = (form.identifier.data or "").strip()
        api = apis.create_api(identifier, name=form.name.data or "", access_token_lifetime=form.seconds)
        return done(_("The API was added."), _url(api.id))

    return submit(form, create, lambda status: _new(form, status))


@page("/apis/<api_id>", READ)
def api(api_id: str) -> Response:
    return _show(apis.get_by_id(api_id), PermissionForm())


@page("/apis/<api_id>/edit", WRITE)
def edit_api(api_id: str) -> Response:
    row = apis.get_by_id(api_id)
    return _edit(row, _filled(row))


@act("/apis/<api_id>/edit", WRITE, Tag.API_EDITED)
def save_api(api_id: str) -> Response:
    form, row = ApiForm(request.form), apis.get_by_id(api_id)
    identifier = row.identifier

    def save() -> Response:
        apis.edit_api(
            identifier, name=form.name.data, access_token_lifetime=form.seconds, default_lifetime=form.seconds is None,
            expected_version=read_version(form.version.data),
        )  # fmt: skip
        return done(_("The API was saved."), _url(api_id))

    edit = Edit(
        lambda: _filled(apis.get_by_id(api_id)), _url(api_id), "apis", Tag.API_EDITED, f"api:{identifier}"[:120]
    )
    return save_edit(form, save, lambda status: _edit(apis.get_by_id(api_id), form, status), edit)


@act("/apis/<api_id>/permissions", WRITE, Tag.PERMISSION_CREATED)
def add_permission(api_id: str) -> Response:
    form, row = PermissionForm(request.form), apis.get_by_id(api_id)
    identifier = row.identifier

    def add() -> Response:
        name = (form["name"].data or "").strip()
        apis.add_permission(identifier, name, title=form.title.data or "", icon=form.icon.data)
        return done(_("The permission was added."), _url(api_id))

    return submit(form, add, lambda status: _show(apis.get_by_id(api_id), form, status))


@page("/apis/<api_id>/delete", WRITE, sudo=True)
def ask_delete_api(api_id: str) -> Response:
    return _ask_delete(apis.get_by_id(api_id), ConfirmForm())


@act("/apis/<api_id>/delete", WRITE, Tag.API_DELETED, sudo=True)
def delete_api(api_id: str) -> Response:
    form, identifier = ConfirmForm(request.form), apis.get_by_id(api_id).identifier

    def delete() -> Response:
        typed(form, identifier)
        apis.delete_api(identifier)
        return done(_("The API was deleted."), url_for("admin.list_apis"))

    return submit(form, delete, lambda status: _ask_delete(apis.get_by_id(api_id), form, status))


def _new(form: NewApiForm, status: int = 200) -> Response:
    return render("admin/apis/new.html", status, form=form)


def _show(row: Api, form: PermissionForm, status: int = 200) -> Response:
    return render(
        "admin/apis/detail.html", status, api=row, form=form, permissions=apis.list_permissions(row.id),
        roles=roles_allowing_at(row.identifier), clients=usage.clients_of_api(row.identifier, _SHOWN),
        events=find_events(subject=f"api:{row.identifier}"[:120], limit=5), managed=is_managed("api", row.identifier),
        is_own=row.identifier == own_api(),
    )  # fmt: skip


def _filled(row: Api) -> ApiForm:
    return ApiForm(name=row.name, lifetime=str(row.access_token_lifetime or ""), version=str(row.version))


def _edit(row: Api, form: ApiForm, status: int = 200) -> Response:
    fill_version(form, row)
    return render("admin/apis/edit.html", status, form=form, api=row, managed=is_managed("api", row.identifier))


def _ask_delete(row: Api, form: ConfirmForm, status: int = 200) -> Response:
    lost = [
        _("%(count)s permissions go, and leave every role.", count=len(apis.list_permissions(row.id))),
        _("%(count)s roles lose something.", count=len(roles_allowing_at(row.identifier))),
        _("%(count)s apps get no more tokens for it.", count=usage.count_clients_of_api(row.identifier)),
    ]
    return confirm(
        form, status, title=_("Delete this API?"), consequences=lost, wanted=row.identifier, here="apis",
        button=_("Delete the API"), back_url=_url(row.id), managed=is_managed("api", row.identifier),
    )  # fmt: skip


def _url(api_id: str) -> str:
    return url_for("admin.api", api_id=api_id)
