"""Roles: listed, made, changed, deleted, and what each may do."""

from typing import Any

from sqlalchemy import select

from idp.access import catalogue
from idp.access.derived import allowances
from idp.access.derived.including import includes_of
from idp.access.derived.inheritance import included_by_name
from idp.access.errors import NO_PERMISSION, NO_ROLE
from idp.access.guards.owners import lock_owners
from idp.access.models import Api, Permission
from idp.access.models import Role as Row
from idp.api.auth import check_fresh
from idp.api.pages import page_of, rows_of
from idp.api.routes import route
from idp.api.schemas import access as schemas
from idp.api.schemas.common import Page, PageQuery
from idp.api.versions import count_up, get_row, hold
from idp.audit.tags import Tag

READ, WRITE = "admin.roles.read", "admin.roles.write"


@route("GET", "/roles", READ, "List roles", query=PageQuery, answer=Page[schemas.Role])
def list_roles(query: PageQuery) -> Any:
    rows, included = rows_of(select(Row), Row.id, query), included_by_name()
    return page_of(Page[schemas.Role], query, rows, lambda row: _told(row, included.get(row.name, [])))


@route("POST", "/roles", WRITE, "Make a role", body=schemas.RoleNew, answer=schemas.Role, status=201,
       event=Tag.ROLE_CREATED, says_more="To let it include roles takes a fresh sign-in.")  # fmt: skip
def create_role(body: schemas.RoleNew) -> Any:
    if body.includes:
        check_fresh()
    row = catalogue.create_role(**body.model_dump())
    return _told(row, includes_of(row))


@route("GET", "/roles/<role_id>", READ, "Read a role and what it may do", answer=schemas.RoleDetail)
def read_role(role_id: str) -> Any:
    row = get_row(Row, role_id, NO_ROLE)
    held = [schemas.PermissionOfRole(api=api, permission=name) for api, name in catalogue.permissions_of_role(row.id)]
    allowed = [
        schemas.PermissionAllowed(api=api, permission=name, through=source.through, comes_with=source.comes_with)
        for (api, name), source in allowances.allowed_by_role(row).items()
    ]
    return schemas.RoleDetail(**_told(row, includes_of(row)).model_dump(), permissions=held, allows=allowed)


@route("PATCH", "/roles/<role_id>", WRITE, "Change a role", body=schemas.RoleChanges, answer=schemas.Role,
       event=Tag.ROLE_EDITED, versioned=True,
       says_more="To change what it includes, or whether it needs a second step, takes a fresh sign-in.")  # fmt: skip
def edit_role(role_id: str, body: schemas.RoleChanges) -> Any:
    if body.includes is not None or body.require_second_step is not None:
        check_fresh()
    if body.includes is not None:
        lock_owners()  # before the row is held: the rules of what roles include take both in this order
    row = hold(Row, role_id, NO_ROLE)
    catalogue.edit_role(row, **body.model_dump(exclude_unset=True))
    count_up(row)
    return _told(row, includes_of(row))


@route("DELETE", "/roles/<role_id>", WRITE, "Delete a role", status=204, event=Tag.ROLE_DELETED, sudo=True,
       versioned=True)  # fmt: skip
def delete_role(role_id: str) -> None:
    lock_owners()
    catalogue.delete_role(hold(Row, role_id, NO_ROLE))


@route("PUT", "/roles/<role_id>/permissions/<permission_id>", WRITE, "Give a role a permission",
       answer=schemas.PermissionOfRole, event=Tag.ROLE_PERMISSION_ADDED, sudo=True)  # fmt: skip
def give_permission(role_id: str, permission_id: str) -> Any:
    api, name = _named(permission_id)
    catalogue.add_to_role(get_row(Row, role_id, NO_ROLE), api, name)
    return schemas.PermissionOfRole(api=api, permission=name)


@route("DELETE", "/roles/<role_id>/permissions/<permission_id>", WRITE, "Take a permission from a role", status=204,
       event=Tag.ROLE_PERMISSION_REMOVED, sudo=True)  # fmt: skip
def take_permission(role_id: str, permission_id: str) -> None:
    catalogue.take_from_role(get_row(Row, role_id, NO_ROLE), *_named(permission_id))


def _told(row: Row, includes: list[str]) -> schemas.Role:
    return schemas.Role(
        id=row.id, name=row.name, title=row.title, description=row.description, builtin=row.builtin,
        require_second_step=row.require_second_step, includes=includes, created_at=row.created_at, version=row.version,
    )  # fmt: skip


def _named(permission_id: str) -> tuple[str, str]:
    """Return the API and the name of a permission."""
    row = get_row(Permission, permission_id, NO_PERMISSION)
    return get_row(Api, row.api_id, NO_PERMISSION).identifier, row.name
