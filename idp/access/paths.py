"""The ways by which permissions come to people: by a role of their own, or by a group that has the role."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, literal, select, union_all

from idp.access.apis import roles_with_permission
from idp.access.holders import list_holders
from idp.access.models import Api, Group, Permission, Role, group_members, group_roles, role_permissions, user_roles
from idp.access.people import users
from idp.core.db import db


@dataclass(frozen=True)
class Path:
    """One permission of one person, and one way by which it came."""

    user_id: str
    email: str
    api: str
    permission: str
    role: str
    group: str | None


@dataclass(frozen=True)
class Way:
    """One way by which a permission came: a role, and the group that gives it, if one does."""

    role: str
    group: str | None


@dataclass(frozen=True)
class Able:
    """Somebody who has a permission, and all the ways by which it came."""

    id: str
    email: str
    ways: list[Way]


def people_with(permission_id: str, *, after: str = "", limit: int) -> list[Able]:
    """List who has a permission, by id from the one after `after`: of each role a page, and of these the first."""
    found: dict[str, Able] = {}
    for role in roles_with_permission(permission_id):
        for holder in list_holders(role.id, after=after, limit=limit):
            able = found.setdefault(holder.id, Able(holder.id, holder.email, []))
            able.ways.extend([Way(role.name, None)] if holder.is_direct else [])
            able.ways.extend(Way(role.name, group) for group in holder.groups)
    return [found[one] for one in sorted(found)[:limit]]


def paths_of(user_id: str, *, limit: int = 500) -> list[Path]:
    """List what a person may do, and why."""
    return _read(user_id=user_id, api=None, permission=None, after="", limit=limit)


def who_can(api: str, permission: str, *, after: str = "", limit: int = 51) -> list[Path]:
    """List who has a permission, and why, by address from the one after `after`."""
    return _read(user_id=None, api=api, permission=permission, after=after, limit=limit)


def role_ways(user_id: str) -> list[tuple[str, str | None]]:
    """List the roles of a person, each with the group by which it came, or None."""
    direct = select(Role.name, literal(None)).join(user_roles, user_roles.c.role_id == Role.id)
    by_group = (
        select(Role.name, Group.name)
        .join(group_roles, group_roles.c.role_id == Role.id)
        .join(Group, Group.id == group_roles.c.group_id)
        .join(group_members, group_members.c.group_id == Group.id)
    )
    mine = direct.where(user_roles.c.user_id == user_id)
    both: Any = union_all(mine, by_group.where(group_members.c.user_id == user_id)).order_by("name")
    return [(row[0], row[1]) for row in db.session.execute(both)]


def _read(*, user_id: str | None, api: str | None, permission: str | None, after: str, limit: int) -> list[Path]:
    direct = select(user_roles.c.user_id, user_roles.c.role_id, literal(None).label("group_id"))
    by_group = select(group_members.c.user_id, group_roles.c.role_id, group_roles.c.group_id).join(
        group_roles, group_roles.c.group_id == group_members.c.group_id
    )
    if user_id is not None:
        direct = direct.where(user_roles.c.user_id == user_id)
        by_group = by_group.where(group_members.c.user_id == user_id)
    held = union_all(direct, by_group).subquery()
    query: Select[Any] = (
        select(users.c.id, users.c.email, Api.identifier, Permission.name, Role.name, Group.name)
        .select_from(held)
        .join(users, users.c.id == held.c.user_id)
        .join(Role, Role.id == held.c.role_id)
        .join(role_permissions, role_permissions.c.role_id == Role.id)
        .join(Permission, Permission.id == role_permissions.c.permission_id)
        .join(Api, Api.id == Permission.api_id)
        .outerjoin(Group, Group.id == held.c.group_id)
    )
    if api is not None:
        query = query.where(and_(Api.identifier == api, Permission.name == permission))
    if after:
        query = query.where(users.c.email_normalised > after)
    query = query.order_by(users.c.email_normalised, Api.identifier, Permission.name, Role.name, Group.name).limit(
        limit
    )
    return [Path(*row) for row in db.session.execute(query)]
