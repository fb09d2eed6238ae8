"""Make and change roles and groups, and what comes with the house; APIs are beside, in `apis`."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, insert, select

from idp.access.apis import (
    add_permission,
    check_version,
    create_api,
    delete_api,
    edit_api,
    edit_permission,
    find_row,
    get_api,
    get_permission,
    list_apis,
    list_permissions,
    remove_permission,
)
from idp.access.derived.including import check_included_by_none, check_includes, check_may_change, write_includes
from idp.access.errors import BUILT_IN, NO_GROUP, NO_ROLE, TAKEN, Conflict, NotFound
from idp.access.guards.level import (
    check_may_change_role,
    check_may_give_permission,
    check_may_give_roles,
    check_may_include,
)
from idp.access.guards.owners import lock_owners
from idp.access.models import Api, Group, Permission, Role, role_permissions
from idp.access.names import add, check_name, clean_text
from idp.access.permissions import BUILT_IN_ROLES, OWN_API_NAME, PATH, PERMISSIONS
from idp.access.signals import role_going
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import db, transaction
from idp.core.settings import settings

__all__ = [
    "add_permission", "add_to_role", "create_api", "create_built_ins", "create_group", "create_role", "delete_api",
    "delete_role", "edit_api", "edit_group", "edit_permission", "edit_role", "get_api", "get_group",
    "get_group_by_id", "get_permission",
    "get_role", "list_apis", "list_groups", "list_permissions", "list_roles", "permissions_of_role",
    "remove_permission", "take_from_role",
]  # fmt: skip


def create_built_ins() -> None:
    """Make our own API, its permissions and the built-in roles, or bring them up to date; idempotent."""
    identifier = settings().issuer + PATH
    with transaction():
        lock_owners()
        api = find_row(identifier) or create_api(identifier, name=OWN_API_NAME)
        known = {row.name: row.id for row in list_permissions(api.id)}
        for name, title in PERMISSIONS.items():
            if name not in known:
                known[name] = add_permission(identifier, name, title=str(title)).id
        for name, (title, wanted) in BUILT_IN_ROLES.items():
            role = _find_role(name)
            is_new, role = role is None, role or create_role(name, title=title, builtin=True)
            added, removed = _set_permissions(role.id, {known[item]: item for item in wanted})
            for tag, names in ((Tag.ROLE_PERMISSION_ADDED, added), (Tag.ROLE_PERMISSION_REMOVED, removed)):
                for permission in () if is_new else names:
                    record(tag, subject=f"role:{name}", api=identifier, permission=permission)


def list_roles() -> list[Role]:
    """List all roles by name."""
    return list(db.session.execute(select(Role).order_by(Role.name)).scalars())


def get_role(name: str) -> Role:
    """Return a role; raise NotFound."""
    role = _find_role(name)
    if role is None:
        raise NotFound(NO_ROLE)
    return role


def create_role(
    name: str,
    *,
    title: str = "",
    description: str = "",
    builtin: bool = False,
    require_second_step: bool = False,
    permissions: Iterable[tuple[str, str]] = (),
    includes: Sequence[str] = (),
) -> Role:
    """Make a role that holds permissions, each a pair of API identifier and name, and includes other roles.

    Raises Conflict, NotFound, Forbidden.
    """
    check_name(name)
    if includes:
        check_includes(name, includes)
        check_may_include(name, includes, actor=None)
    with transaction():
        if includes:
            lock_owners()
        if _find_role(name):
            raise Conflict(TAKEN, field="name")
        row = Role(
            name=name, title=clean_text(title, 200), description=clean_text(description, 1000), builtin=builtin,
            require_second_step=require_second_step,
        )  # fmt: skip
        add(row)
        detail: dict[str, Any] = {}
        if includes:
            detail["includes"] = write_includes(row, includes, includes)[1]
        record(Tag.ROLE_CREATED, subject=f"role:{name}", **detail)
        for api, permission in permissions:
            add_to_role(row, api, permission)
        return row


def edit_role(
    role: Role,
    *,
    actor: str | None = None,
    expected_version: int | None = None,
    includes: Sequence[str] | None = None,
    **changes: Any,
) -> Role:
    """Change what a role is called, whether its holders need a second step, what it includes; None leaves a field.

    `changes` are title, description, require_second_step. Permissions have commands of their own. Raises Conflict,
    NotFound, Forbidden, ChangedMeanwhile.
    """
    limits = {"title": 200, "description": 1000}
    values: dict[str, Any] = {
        field: clean_text(value, limits[field]) if field in limits else bool(value)
        for field, value in changes.items()
        if value is not None
    }
    check_may_change_role(role.name, actor=actor)
    touched = check_may_change(role, includes, actor=actor) if includes is not None else ()
    with transaction() as session:
        if includes is not None:
            lock_owners()
        role = session.get(Role, role.id, with_for_update=True, populate_existing=True) or role
        check_version(role, expected_version)
        before = {field: getattr(role, field) for field in values}
        for field, value in values.items():
            setattr(role, field, value)
        if includes is not None:
            before["includes"], values["includes"] = write_includes(role, includes, touched)
        if changed := sorted(field for field, value in values.items() if before[field] != value):
            role.version += 1
            before, after = ({field: kept[field] for field in changed} for kept in (before, values))
            record(
                Tag.ROLE_EDITED, actor=actor, subject=f"role:{role.name}", fields=changed, before=before, after=after
            )
    return role


def delete_role(role: Role, *, actor: str | None = None) -> None:
    """Delete a role that did not come with the house; whoever has it loses it.

    Raises Conflict, RoleInUse where apps let in by it, RoleIncluded where other roles include it.
    """
    if role.builtin:
        raise Conflict(BUILT_IN)
    name = role.name
    check_may_give_roles([name], actor=actor)
    with transaction() as session:
        check_included_by_none(role)
        role_going.send(None, name=name)
        session.execute(delete(Role).where(Role.id == role.id))
        record(Tag.ROLE_DELETED, actor=actor, subject=f"role:{name}")


def add_to_role(role: Role, identifier: str, permission: str, *, actor: str | None = None) -> bool:
    """Give a role a permission of an API; return False when it has it already. Raises NotFound, Conflict, Forbidden."""
    pair, name = _changeable(role, identifier, permission, actor), role.name
    with transaction() as session:
        if session.execute(select(role_permissions).filter_by(**pair)).first():
            return False
        session.execute(insert(role_permissions).values(pair))
        record(Tag.ROLE_PERMISSION_ADDED, actor=actor, subject=f"role:{name}", api=identifier, permission=permission)
        return True


def take_from_role(role: Role, identifier: str, permission: str, *, actor: str | None = None) -> bool:
    """Take a permission from a role; return False when it did not have it. Raises NotFound, Conflict, Forbidden."""
    pair, name = _changeable(role, identifier, permission, actor), role.name
    with transaction() as session:
        taken = session.execute(delete(role_permissions).filter_by(**pair)).rowcount  # type: ignore[attr-defined]
        if taken:
            record(
                Tag.ROLE_PERMISSION_REMOVED, actor=actor, subject=f"role:{name}", api=identifier, permission=permission
            )
        return bool(taken)


def permissions_of_role(role_id: str) -> list[tuple[str, str]]:
    """List a role's permissions as pairs of API identifier and name."""
    query = (
        select(Api.identifier, Permission.name)
        .join(Permission, Permission.api_id == Api.id)
        .join(role_permissions, role_permissions.c.permission_id == Permission.id)
        .where(role_permissions.c.role_id == role_id)
        .order_by(Api.identifier, Permission.name)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def list_groups() -> list[Group]:
    """List all groups by name."""
    return list(db.session.execute(select(Group).order_by(Group.name)).scalars())


def get_group(name: str) -> Group:
    """Return a group; raise NotFound."""
    group = _find_group(name)
    if group is None:
        raise NotFound(NO_GROUP)
    return group


def get_group_by_id(group_id: str) -> Group:
    """Return a group by its id; raise NotFound."""
    group = db.session.get(Group, group_id[:26])
    if group is None:
        raise NotFound(NO_GROUP)
    return group


def create_group(name: str, *, title: str = "") -> Group:
    """Make a group."""
    check_name(name)
    with transaction():
        if _find_group(name):
            raise Conflict(TAKEN, field="name")
        row = Group(name=name, title=clean_text(title, 200))
        add(row)
        record(Tag.GROUP_CREATED, subject=f"group:{name}")
        return row


def edit_group(name: str, *, title: str, expected_version: int | None = None) -> Group:
    """Change what people read of a group."""
    with transaction() as session:
        row = session.get(Group, get_group(name).id, with_for_update=True, populate_existing=True) or get_group(name)
        check_version(row, expected_version)
        before, row.title = row.title, clean_text(title, 200)
        row.version += 1
        record(
            Tag.GROUP_EDITED, subject=f"group:{name}", fields=["title"], before={"title": before},
            after={"title": row.title},
        )  # fmt: skip
        return row


def _changeable(role: Role, identifier: str, permission: str, actor: str | None) -> dict[str, str]:
    if role.builtin:
        raise Conflict(BUILT_IN)
    pair = {"role_id": role.id, "permission_id": get_permission(identifier, permission).id}
    check_may_give_permission(permission, identifier, actor=actor, role=role.name)
    return pair


def _set_permissions(role_id: str, wanted: dict[str, str]) -> tuple[list[str], list[str]]:
    """Let a role hold permissions, names by id, and no other; return the names it gained and lost."""
    query = select(Permission.id, Permission.name).join(
        role_permissions, role_permissions.c.permission_id == Permission.id
    )
    held = {row.id: row.name for row in db.session.execute(query.where(role_permissions.c.role_id == role_id))}
    more, extra = wanted.keys() - held.keys(), held.keys() - wanted.keys()
    for item in sorted(more):
        db.session.execute(insert(role_permissions).values(role_id=role_id, permission_id=item))
    if extra:
        db.session.execute(
            delete(role_permissions).where(
                role_permissions.c.role_id == role_id, role_permissions.c.permission_id.in_(extra)
            )
        )
    return sorted(wanted[item] for item in more), sorted(held[item] for item in extra)


def _find_role(name: str) -> Role | None:
    return db.session.execute(select(Role).where(Role.name == name)).scalar_one_or_none()


def _find_group(name: str) -> Group | None:
    return db.session.execute(select(Group).where(Group.name == name)).scalar_one_or_none()
