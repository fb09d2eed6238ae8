"""A permission of an API: what consent says of it, which roles hold it, which apps may ask for it."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access import apis, holders
from idp.access.derived import paths
from idp.access.guards.losing import lost_with_permission
from idp.access.models import Api, Permission
from idp.access.names import known_icon
from idp.accounts.http.answers import read_version
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.apis.forms import ICON_WORDS, PermissionTextForm, texts_of
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.forms import ConfirmForm
from idp.admin.lists import MOST_COUNTED
from idp.admin.routes import act, may, page
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.http import render
from idp.i18n.service import LANGUAGES
from idp.oauth.oversight import usage
from idp.operate.managed import is_managed

_SHOWN = 100
"""So many apps are named on the page of a permission."""

READ, WRITE = "admin.roles.read", "admin.roles.write"


@page("/apis/<api_id>/permissions/<permission_id>", READ)
def permission(api_id: str, permission_id: str) -> Response:
    api, row = apis.get_permission_by_id(api_id, permission_id)
    roles, icon = paths.roles_that_allow(row), known_icon(row.icon)
    return render(
        "admin/apis/permission.html", api=api, permission=row, most=MOST_COUNTED,
        managed=is_managed("api", api.identifier),
        icon=icon, icon_word=ICON_WORDS[icon],
        titles=[(LANGUAGES.get(code, code), code, text) for code, text in row.titles.items()],
        roles=[(one, holders.count_direct(one.role.id, MOST_COUNTED), holders.groups_with(one.role.id))
               for one in roles],
        clients=usage.clients_of_permission(api.identifier, row.name, _SHOWN) if may("admin.clients.read") else None,
        grants=usage.grants_of_scopes()[row.name],
        events=find_events(subject=f"api:{api.identifier}"[:120], limit=5) if may("admin.audit.read") else [],
    )  # fmt: skip


@page("/apis/<api_id>/permissions/<permission_id>/edit", WRITE)
def edit_permission(api_id: str, permission_id: str) -> Response:
    api, row = apis.get_permission_by_id(api_id, permission_id)
    return _edit(api, row, texts_of(row))


@act("/apis/<api_id>/permissions/<permission_id>/edit", WRITE, Tag.PERMISSION_EDITED)
def save_permission(api_id: str, permission_id: str) -> Response:
    api, row = apis.get_permission_by_id(api_id, permission_id)
    form, identifier, name = PermissionTextForm(request.form), api.identifier, row.name

    def save() -> Response:
        apis.edit_permission(
            identifier, name, title=form.title.data or "", description=form.description.data or "", titles=form.titles,
            icon=form.sent_icon, expected_version=read_version(form.version.data),
        )  # fmt: skip
        return done(_("The permission was saved."), _url(api_id, permission_id))

    present = lambda: texts_of(apis.get_permission(identifier, name))  # noqa: E731
    edit = Edit(present, _url(api_id, permission_id), "apis", Tag.PERMISSION_EDITED, f"api:{identifier}"[:120])
    again = lambda status: _edit(*apis.get_permission_by_id(api_id, permission_id), form, status)  # noqa: E731
    return save_edit(form, save, again, edit)


@page("/apis/<api_id>/permissions/<permission_id>/remove", WRITE, sudo=True)
def ask_remove_permission(api_id: str, permission_id: str) -> Response:
    return _ask_remove(*apis.get_permission_by_id(api_id, permission_id), ConfirmForm())


@act("/apis/<api_id>/permissions/<permission_id>/remove", WRITE, Tag.PERMISSION_DELETED, sudo=True)
def remove_permission(api_id: str, permission_id: str) -> Response:
    api, row = apis.get_permission_by_id(api_id, permission_id)
    form, identifier, name = ConfirmForm(request.form), api.identifier, row.name

    def remove() -> Response:
        typed(form, name)
        apis.remove_permission(identifier, name)
        return done(_("The permission was removed, from every role too."), url_for("admin.api", api_id=api_id))

    again = lambda status: _ask_remove(*apis.get_permission_by_id(api_id, permission_id), form, status)  # noqa: E731
    return submit(form, remove, again)


def _ask_remove(api: Api, row: Permission, form: ConfirmForm, status: int = 200) -> Response:
    return confirm(
        form, status, title=_("Remove this permission?"), consequences=lost_with_permission(api, row),
        wanted=row.name, here="apis", button=_("Remove the permission"), back_url=url_for("admin.api", api_id=api.id),
        managed=is_managed("api", api.identifier),
    )  # fmt: skip


def _edit(api: Api, row: Permission, form: PermissionTextForm, status: int = 200) -> Response:
    fill_version(form, row)
    return render(
        "admin/apis/permission_edit.html", status, form=form, api=api, permission=row,
        has_titles=any(field.data or field.errors for _code, field in form.in_languages),
        managed=is_managed("api", api.identifier),
    )  # fmt: skip


def _url(api_id: str, permission_id: str) -> str:
    return url_for("admin.permission", api_id=api_id, permission_id=permission_id)
