"""Groups: listed, made, changed, deleted, who is in them and which roles they bring."""

from typing import Any

from sqlalchemy import select

from idp.access import assignments, catalogue
from idp.access.errors import NO_GROUP, NO_ROLE
from idp.access.guards.level import roles_of_group
from idp.access.models import Group as Row
from idp.access.models import Role
from idp.access.people import members_of
from idp.accounts.models import User
from idp.accounts.service import get_user
from idp.api.pages import page_of, rows_of
from idp.api.routes import route
from idp.api.schemas import access as schemas
from idp.api.schemas.common import Page, PageQuery
from idp.api.versions import count_up, get_row, hold
from idp.audit.tags import Tag

READ, WRITE, PEOPLE = "admin.roles.read", "admin.roles.write", "admin.users.read"


@route("GET", "/groups", READ, "List groups", query=PageQuery, answer=Page[schemas.Group])
def list_groups(query: PageQuery) -> Any:
    rows = rows_of(select(Row), Row.id, query)
    return page_of(Page[schemas.Group], query, rows, schemas.Group.model_validate)


@route("POST", "/groups", WRITE, "Make a group", body=schemas.GroupNew, answer=schemas.Group, status=201,
       event=Tag.GROUP_CREATED)  # fmt: skip
def create_group(body: schemas.GroupNew) -> Any:
    return schemas.Group.model_validate(catalogue.create_group(body.name, title=body.title))


@route("GET", "/groups/<group_id>", READ, "Read a group and its roles", answer=schemas.GroupDetail)
def read_group(group_id: str) -> Any:
    row = get_row(Row, group_id, NO_GROUP)
    return schemas.GroupDetail(**schemas.Group.model_validate(row).model_dump(), roles=roles_of_group(row.id))


@route("PATCH", "/groups/<group_id>", WRITE, "Change a group", body=schemas.GroupChanges, answer=schemas.Group,
       event=Tag.GROUP_EDITED, versioned=True)  # fmt: skip
def edit_group(group_id: str, body: schemas.GroupChanges) -> Any:
    row = hold(Row, group_id, NO_GROUP)
    catalogue.edit_group(row.name, title=body.title)
    count_up(row)
    return schemas.Group.model_validate(row)


@route("DELETE", "/groups/<group_id>", WRITE, "Delete a group", status=204, event=Tag.GROUP_DELETED, sudo=True,
       versioned=True)  # fmt: skip
def delete_group(group_id: str) -> None:
    assignments.delete_group(hold(Row, group_id, NO_GROUP).name)


@route("GET", "/groups/<group_id>/members", PEOPLE, "List who is in a group", query=PageQuery,
       answer=Page[schemas.Member])  # fmt: skip
def list_members(group_id: str, query: PageQuery) -> Any:
    group = get_row(Row, group_id, NO_GROUP)
    rows = rows_of(select(User).where(User.id.in_(members_of(group.id))), User.id, query)
    return page_of(Page[schemas.Member], query, rows, schemas.Member.model_validate)


@route("PUT", "/groups/<group_id>/members/<user_id>", WRITE, "Put a person into a group", answer=schemas.Membership,
       event=Tag.GROUP_MEMBER_ADDED, sudo=True)  # fmt: skip
def add_member(group_id: str, user_id: str) -> Any:
    group = get_row(Row, group_id, NO_GROUP).name
    assignments.add_member(group, get_user(user_id).id)
    return schemas.Membership(user_id=user_id, group=group)


@route("DELETE", "/groups/<group_id>/members/<user_id>", WRITE, "Take a person out of a group", status=204,
       event=Tag.GROUP_MEMBER_REMOVED)  # fmt: skip
def remove_member(group_id: str, user_id: str) -> None:
    assignments.remove_member(get_row(Row, group_id, NO_GROUP).name, get_user(user_id).id)


@route("PUT", "/groups/<group_id>/roles/<role_id>", WRITE, "Give everybody in a group a role",
       answer=schemas.GroupDetail, event=Tag.GROUP_ROLE_ADDED, sudo=True)  # fmt: skip
def add_group_role(group_id: str, role_id: str) -> Any:
    name = get_row(Row, group_id, NO_GROUP).name
    assignments.grant_role_to_group(name, get_row(Role, role_id, NO_ROLE).name)
    return read_group(group_id)


@route("DELETE", "/groups/<group_id>/roles/<role_id>", WRITE, "Take a role from a group", status=204,
       event=Tag.GROUP_ROLE_REMOVED)  # fmt: skip
def remove_group_role(group_id: str, role_id: str) -> None:
    name = get_row(Row, group_id, NO_GROUP).name
    assignments.revoke_role_from_group(name, get_row(Role, role_id, NO_ROLE).name)
