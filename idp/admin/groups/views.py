"""Groups: listed, made, changed, who is in them and what they bring."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import false, func, select
from wtforms import Form, HiddenField, StringField
from wtforms.validators import InputRequired

from idp.access import assignments, catalogue
from idp.access.guards.level import roles_of_group
from idp.access.models import Group, group_members
from idp.access.people import get_person
from idp.accounts.http.answers import read_version
from idp.accounts.models import User
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.conflicts import Edit, fill_version, save_edit
from idp.admin.forms import SHORT, ConfirmForm
from idp.admin.lists import MOST_COUNTED, after, before, paged, room
from idp.admin.routes import act, may, page
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.db import db
from idp.core.http import render
from idp.core.keyset import count_some, page_of
from idp.operate.managed import is_managed, managed_names

READ, WRITE = "admin.roles.read", "admin.roles.write"


class GroupForm(Form):
    """A group."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter a name."))])
    title = StringField(_l("Title"), SHORT)
    version = HiddenField()


@page("/groups", READ)
def groups() -> Response:
    query = select(group_members.c.group_id, func.count()).group_by(group_members.c.group_id)
    counts: dict[str, int] = {row[0]: row[1] for row in db.session.execute(query)}
    rows = [(row, counts.get(row.id, 0), roles_of_group(row.id)) for row in catalogue.list_groups()]
    return render("admin/groups/list.html", rows=rows, managed=managed_names("group"))


@page("/groups/new", WRITE)
def new_group() -> Response:
    return _form(GroupForm())


@act("/groups/new", WRITE, Tag.GROUP_CREATED)
def create_group() -> Response:
    form = GroupForm(request.form)

    def create() -> Response:
        group = catalogue.create_group((form["name"].data or "").strip(), title=form.title.data or "")
        return done(_("The group was added."), _url(group.id))

    return submit(form, create, lambda status: _form(form, status))


@page("/groups/<group_id>", READ)
def group(group_id: str) -> Response:
    row = catalogue.get_group_by_id(group_id)
    beside = [before() or after()] if before() or after() else None
    members = select(User).join(group_members, group_members.c.user_id == User.id)
    members = members.where(group_members.c.group_id == row.id)
    # Who is in it is about people, and takes the permission to see them.
    members = members if may("admin.users.read") else members.where(false())
    people = page_of(
        members, [group_members.c.user_id], beside, descending=False, backwards=bool(before()), limit=room()
    )
    ids = select(group_members.c.user_id).where(group_members.c.group_id == row.id)
    total = count_some(ids, group_members.c.user_id, MOST_COUNTED)
    shown = paged(list(db.session.execute(people).scalars()), "id", {}, total=total, group_id=group_id)
    return render(
        "admin/groups/detail.html", group=row, page=shown, roles=roles_of_group(row.id),
        all_roles=[role.name for role in catalogue.list_roles()],
        events=find_events(subject=f"group:{row.name}", limit=5), managed=is_managed("group", row.name),
    )  # fmt: skip


@page("/groups/<group_id>/edit", WRITE)
def edit_group(group_id: str) -> Response:
    row = catalogue.get_group_by_id(group_id)
    return _form(GroupForm(obj=row), row=row)


@act("/groups/<group_id>/edit", WRITE, Tag.GROUP_EDITED)
def save_group(group_id: str) -> Response:
    name = catalogue.get_group_by_id(group_id).name
    form = GroupForm(request.form, name=name)
    form["name"].process_data(name)
    form["name"].raw_data = [name]

    def save() -> Response:
        version = read_version(form.version.data)
        catalogue.edit_group(name, title=form.title.data or "", expected_version=version)
        return done(_("The group was saved."), _url(group_id))

    present = lambda: GroupForm(obj=catalogue.get_group_by_id(group_id))  # noqa: E731
    edit = Edit(present, _url(group_id), "groups", Tag.GROUP_EDITED, f"group:{name}", {"name"})
    return save_edit(form, save, lambda status: _form(form, status, row=catalogue.get_group_by_id(group_id)), edit)


@act("/groups/<group_id>/members", WRITE, Tag.GROUP_MEMBER_ADDED, sudo=True)
def add_member(group_id: str) -> Response:
    assignments.add_member(catalogue.get_group_by_id(group_id).name, get_person(request.form.get("person", "")[:254]))
    return done(_("They are in the group."), _url(group_id))


@act("/groups/<group_id>/members/remove", WRITE, Tag.GROUP_MEMBER_REMOVED)
def remove_member(group_id: str) -> Response:
    assignments.remove_member(catalogue.get_group_by_id(group_id).name, request.form.get("user", "")[:26])
    return done(_("They are not in the group any more."), _url(group_id))


@act("/groups/<group_id>/roles", WRITE, Tag.GROUP_ROLE_ADDED, sudo=True)
def give_group_role(group_id: str) -> Response:
    assignments.grant_role_to_group(catalogue.get_group_by_id(group_id).name, request.form.get("role", "")[:120])
    return done(_("The role was given."), _url(group_id))


@act("/groups/<group_id>/roles/remove", WRITE, Tag.GROUP_ROLE_REMOVED)
def take_group_role(group_id: str) -> Response:
    assignments.revoke_role_from_group(catalogue.get_group_by_id(group_id).name, request.form.get("role", "")[:120])
    return done(_("The role was taken away."), _url(group_id))


@page("/groups/<group_id>/delete", WRITE, sudo=True)
def ask_delete_group(group_id: str) -> Response:
    return _ask_delete(catalogue.get_group_by_id(group_id), ConfirmForm())


@act("/groups/<group_id>/delete", WRITE, Tag.GROUP_DELETED, sudo=True)
def delete_group(group_id: str) -> Response:
    form, name = ConfirmForm(request.form), catalogue.get_group_by_id(group_id).name

    def delete() -> Response:
        typed(form, name)
        assignments.delete_group(name)
        return done(_("The group was deleted."), url_for("admin.groups"))

    return submit(form, delete, lambda status: _ask_delete(catalogue.get_group_by_id(group_id), form, status))


def _form(form: GroupForm, status: int = 200, *, row: Group | None = None) -> Response:
    if row is not None:
        fill_version(form, row)
    return render(
        "admin/groups/form.html", status, form=form, group=row,
        managed=row is not None and is_managed("group", row.name),
    )  # fmt: skip


def _ask_delete(row: Group, form: ConfirmForm, status: int = 200) -> Response:
    count = select(func.count()).select_from(group_members).where(group_members.c.group_id == row.id)
    lost = [
        _("%(count)s people lose what it brings; they stay.", count=db.session.execute(count).scalar_one()),
        _("%(count)s roles came by it.", count=len(roles_of_group(row.id))),
    ]
    return confirm(
        form, status, title=_("Delete this group?"), consequences=lost, wanted=row.name, here="groups",
        button=_("Delete the group"), back_url=_url(row.id), managed=is_managed("group", row.name),
    )  # fmt: skip


def _url(group_id: str) -> str:
    return url_for("admin.group", group_id=group_id)
