"""Which roles a role includes: chosen, looked at as what people gain and lose by it, and then saved."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField

from idp.access import catalogue
from idp.access.derived.including import includes_of
from idp.access.derived.inheritance import load_graph, names_of
from idp.access.differences import Difference, find_differences
from idp.access.errors import BUILT_IN, Conflict
from idp.access.models import Role
from idp.access.people import holders_of
from idp.access.permissions import OWNER
from idp.accounts.http.answers import read_version
from idp.admin.answers import done
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.forms import Boxes
from idp.admin.routes import act, page, preview
from idp.audit.tags import Tag
from idp.core.http import render
from idp.core.keyset import count_rows
from idp.operate.managed import is_managed

WRITE = "admin.roles.write"


class IncludesForm(Form):
    """The roles that one includes."""

    includes = Boxes(_l("It includes"))
    version = HiddenField()


@page("/roles/<name>/includes", WRITE)
def edit_includes(name: str) -> Response:
    row = _changeable(name)
    return _show(row, _filled(row))


@preview("/roles/<name>/includes", WRITE)
def review_includes(name: str) -> Response:
    row = _changeable(name)
    form = _with_choices(IncludesForm(request.form), row)
    if not form.validate():
        return _show(row, form, 422)
    wanted = sorted(form.includes.data or [])
    return render(
        "admin/roles/includes_review.html", role=row, wanted=wanted, version=form.version.data,
        is_same=wanted == includes_of(row), changes=_differences(row, wanted),
        people=count_rows(holders_of(name)), managed=is_managed("role", name),
    )  # fmt: skip


@act("/roles/<name>/includes/save", WRITE, Tag.ROLE_EDITED, sudo=True)
def save_includes(name: str) -> Response:
    row = _changeable(name)
    form = _with_choices(IncludesForm(request.form), row)

    def save() -> Response:
        wanted = form.includes.data or []
        catalogue.edit_role(row, includes=wanted, expected_version=read_version(form.version.data))
        return done(_("The role was saved."), url_for("admin.role", name=name))

    edit = Edit(lambda: _filled(_changeable(name)), url_for("admin.role", name=name), "roles", Tag.ROLE_EDITED,
                f"role:{name}")  # fmt: skip
    return save_edit(form, save, lambda status: _show(_changeable(name), form, status), edit)


def _changeable(name: str) -> Role:
    row = catalogue.get_role(name)
    if row.builtin:
        raise Conflict(BUILT_IN)
    return row


def _filled(row: Role) -> IncludesForm:
    return _with_choices(IncludesForm(data={"includes": includes_of(row), "version": str(row.version)}), row)


def _with_choices(form: IncludesForm, row: Role) -> IncludesForm:
    """Offer every role but the owner's, the role itself, and those that include it already."""
    shut = {OWNER, row.name, *names_of(load_graph().all_above(row.id))}
    form.includes.choices = [
        (role.name, f"{role.name}: {role.title}" if role.title else role.name)
        for role in catalogue.list_roles() if role.name not in shut
    ]  # fmt: skip
    return form


def _show(row: Role, form: IncludesForm, status: int = 200) -> Response:
    fill_version(form, row)
    return render("admin/roles/includes.html", status, form=form, role=row, managed=is_managed("role", row.name))


def _differences(row: Role, wanted: list[str]) -> list[Difference]:
    """Return what the role, and those that include it, would allow more and less."""
    ids = {role.name: role.id for role in catalogue.list_roles()}
    found = find_differences([row.id], included={row.id: [ids[name] for name in wanted]})
    return [one for one in found if not one.is_none]
