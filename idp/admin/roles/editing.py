"""Roles made, changed and deleted; and who can do a thing, with the way it came by."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, StringField
from wtforms.validators import InputRequired

from idp.access import catalogue
from idp.access.derived import paths
from idp.access.derived.inheritance import load_graph
from idp.access.errors import BUILT_IN, Conflict, RoleIncluded, RoleInUse
from idp.access.models import Role
from idp.access.people import holders_of
from idp.accounts.http.answers import read_version
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.forms import SHORT, ConfirmForm
from idp.admin.routes import act, may, page
from idp.audit.tags import Tag
from idp.core.http import render
from idp.core.keyset import count_rows
from idp.oauth.oversight import usage
from idp.operate.managed import is_managed

READ, WRITE = "admin.roles.read", "admin.roles.write"


class RoleForm(Form):
    """A role."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name."))])
    title = StringField(_l("Title"), SHORT)
    description = StringField(_l("Description"), SHORT)
    require_second_step = BooleanField(_l("Who holds it signs in with a second step"))
    version = HiddenField()


@page("/roles/new", WRITE)
def new_role() -> Response:
    return _form(RoleForm())


@act("/roles/new", WRITE, Tag.ROLE_CREATED)
def create_role() -> Response:
    form = RoleForm(request.form)

    def create() -> Response:
        row = catalogue.create_role(
            (form["name"].data or "").strip(), title=form.title.data or "", description=form.description.data or "",
            require_second_step=form.require_second_step.data,
        )  # fmt: skip
        return done(_("The role was added."), _url(row.name))

    return submit(form, create, lambda status: _form(form, status))


@page("/roles/<name>/edit", WRITE)
def edit_role(name: str) -> Response:
    row = _changeable(name)
    return _form(RoleForm(obj=row), row=row)


@act("/roles/<name>/edit", WRITE, Tag.ROLE_EDITED)
def save_role(name: str) -> Response:
    row, form = _changeable(name), RoleForm(request.form)
    form["name"].process_data(name)
    form["name"].raw_data = [name]

    def save() -> Response:
        catalogue.edit_role(
            row, title=form.title.data or "", description=form.description.data or "",
            require_second_step=form.require_second_step.data, expected_version=read_version(form.version.data),
        )  # fmt: skip
        return done(_("The role was saved."), _url(name))

    edit = Edit(lambda: RoleForm(obj=_changeable(name)), _url(name), "roles", Tag.ROLE_EDITED, f"role:{name}", {"name"})
    return save_edit(form, save, lambda status: _form(form, status, row=_changeable(name)), edit)


@act("/roles/<name>/second-step", WRITE, Tag.ROLE_EDITED, sudo=True)
def require_second_step_of_role(name: str) -> Response:
    """Ask who holds a role for a second step, or no more: of what came with the house, all that can be changed."""
    row, wanted = catalogue.get_role(name), request.form.get("required") == "yes"
    catalogue.edit_role(row, require_second_step=wanted)
    return done(_("The role was saved."), _url(name))


@page("/roles/<name>/delete", WRITE, sudo=True)
def ask_delete_role(name: str) -> Response:
    return _ask_delete(_changeable(name), ConfirmForm())


@act("/roles/<name>/delete", WRITE, Tag.ROLE_DELETED, sudo=True)
def delete_role(name: str) -> Response:
    form = ConfirmForm(request.form)

    def delete() -> Response:
        typed(form, name)
        catalogue.delete_role(_changeable(name))
        return done(_("The role was deleted."), url_for("admin.roles"))

    return submit(form, delete, lambda status: _ask_delete(_changeable(name), form, status))


@page("/roles/who-can", READ)
def who_can() -> Response:
    api, _sign, permission = request.args.get("what", "")[:600].partition("|")
    shown = may("admin.users.read")
    found = paths.who_can(api, permission, limit=201) if permission and shown else []
    choices = [(one, catalogue.list_permissions(one.id)) for one in catalogue.list_apis()]
    return render(
        "admin/roles/who_can.html", found=found[:200], has_more=len(found) > 200, choices=choices,
        asked=f"{api}|{permission}" if permission else "", shown=shown,
    )  # fmt: skip


def _changeable(name: str) -> Role:
    row = catalogue.get_role(name)
    if row.builtin:
        raise Conflict(BUILT_IN)
    return row


def _form(form: RoleForm, status: int = 200, *, row: Role | None = None) -> Response:
    if row is not None:
        fill_version(form, row)
    return render(
        "admin/roles/form.html", status, form=form, role=row,
        managed=row is not None and is_managed("role", row.name),
    )  # fmt: skip


def _ask_delete(row: Role, form: ConfirmForm, status: int = 200) -> Response:
    count = count_rows(holders_of(row.name))
    lost = [
        _("%(count)s people lose it.", count=count),
        _("%(count)s permissions went with it.", count=len(catalogue.permissions_of_role(row.id))),
    ]
    if including := load_graph().names_including(row.id):
        lost.append(RoleIncluded(including).public)
    if apps := usage.clients_of_role(row.name):
        lost.append(RoleInUse(apps, named=may("admin.clients.read")).public)
    return confirm(
        form, status, title=_("Delete this role?"), consequences=lost, wanted=row.name, here="roles",
        button=_("Delete the role"), back_url=_url(row.name), managed=is_managed("role", row.name),
    )  # fmt: skip


def _url(name: str) -> str:
    return url_for("admin.role", name=name)
