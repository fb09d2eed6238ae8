"""The ways by which permissions come to people.

By a role of their own or of a group; by what the role includes; by a permission that includes another.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import aliased

from idp.access.apis import find_row, list_permissions, roles_with_permission
from idp.access.derived.inheritance import Graph, load_graph, spread
from idp.access.derived.origins import Origin, Way
from idp.access.holders import list_holders
from idp.access.models import Api, Group, Permission, Role, group_members, group_roles, role_permissions, user_roles
from idp.access.people import users
from idp.access.permissions import PATH, included_by, ways_to
from idp.core.db import db
from idp.core.settings import settings


@dataclass(frozen=True)
class Path(Origin):
    """One permission of one person, and one way by which it came."""

    user_id: str
    email: str
    api: str
    permission: str
    role: str
    group: str | None


@dataclass(frozen=True)
class Able:
    """Somebody who has a permission, and all the ways by which it came."""

    id: str
    email: str
    ways: list[Way]


@dataclass(frozen=True)
class Allowing(Origin):
    """A role that allows something, itself or by a role that it includes."""

    role: Role


def roles_that_allow(permission: Permission) -> list[Allowing]:
    """List the roles that allow something: who hold it, or a permission that includes it, or include such a role."""
    graph, found, own = load_graph(), list[Allowing](), find_row(_own())
    same = [permission]
    if own is not None and permission.api_id == own.id:
        names = ways_to(permission.name)
        same += [one for one in list_permissions(own.id) if one.name in names and one.id != permission.id]
    for one in same:
        comes_with = None if one.id == permission.id else one.name
        for role in roles_with_permission(one.id):
            found.append(Allowing(role, comes_with=comes_with))
            above = [db.session.get_one(Role, role_id) for role_id in graph.all_above(role.id)]
            chains = {other: graph.chains_below(other.id)[role.id] for other in above}
            found += [Allowing(other, through=chain, comes_with=comes_with) for other, chain in chains.items()]
    return sorted(found, key=lambda each: (each.comes_with or "", len(each.through), each.role.name))


def people_with(permission_id: str, *, after: str = "", limit: int) -> list[Able]:
    """List who has a permission, by id from the one after `after`: of each role a page, and of these the first."""
    found: dict[str, Able] = {}
    # A page of the role that holds it has who holds it by another, too.
    holding = [one for one in roles_that_allow(db.session.get_one(Permission, permission_id)) if not one.through]
    for one in holding:
        for holder in list_holders(one.role.id, after=after, limit=limit):
            able = found.setdefault(holder.id, Able(holder.id, holder.email, []))
            able.ways.extend(replace(way, comes_with=one.comes_with) for way in holder.ways)
    return [found[one] for one in sorted(found)[:limit]]


def paths_of(user_id: str, *, limit: int = 500) -> list[Path]:
    """List what a person may do, and why."""
    held = _read(user_id=user_id, api=None, names=(), after="", limit=limit)
    brought = [
        replace(one, permission=name, comes_with=one.permission)
        for one in held if one.api == _own() for name in included_by(one.permission)
    ]  # fmt: skip
    return sorted([*held, *brought], key=lambda one: (one.api, one.permission))[:limit] if brought else held


def who_can(api: str, permission: str, *, after: str = "", limit: int = 51) -> list[Path]:
    """List who has a permission, and why, by address from the one after `after`."""
    names = ways_to(permission) if api == _own() else [permission]
    found = _read(user_id=None, api=api, names=names, after=after, limit=limit)
    return [
        one if one.permission == permission else replace(one, permission=permission, comes_with=one.permission)
        for one in found
    ]


def role_ways(user_id: str) -> list[Way]:
    """List the roles of a person with the group by which each came, each followed by what it includes."""
    direct = select(Role.id, Role.name, literal(None)).join(user_roles, user_roles.c.role_id == Role.id)
    by_group = (
        select(Role.id, Role.name, Group.name)
        .join(group_roles, group_roles.c.role_id == Role.id)
        .join(Group, Group.id == group_roles.c.group_id)
        .join(group_members, group_members.c.group_id == Group.id)
    )
    mine = direct.where(user_roles.c.user_id == user_id)
    both: Any = union_all(mine, by_group.where(group_members.c.user_id == user_id)).order_by("name")
    graph, found = load_graph(), list[Way]()
    for role_id, role, group in db.session.execute(both):
        found += [Way(role, group), *(Way(role, group, through=one) for one in graph.chains_below(role_id).values())]
    return found


def _read(*, user_id: str | None, api: str | None, names: Collection[str], after: str, limit: int) -> list[Path]:
    direct = select(user_roles.c.user_id, user_roles.c.role_id, literal(None).label("group_id"))
    by_group = select(group_members.c.user_id, group_roles.c.role_id, group_roles.c.group_id).join(
        group_roles, group_roles.c.group_id == group_members.c.group_id
    )
    if user_id is not None:
        direct = direct.where(user_roles.c.user_id == user_id)
        by_group = by_group.where(group_members.c.user_id == user_id)
    held = union_all(direct, by_group).subquery()
    # Roles are few, and people are many: what roles include is worked out once, and not for each person.
    reach = spread(select(Role.id.label("held_id"), Role.id.label("role_id")))
    holding = aliased(Role)
    query: Select[Any] = (
        select(
            users.c.id, users.c.email, Api.identifier, Permission.name, Role.name, Group.name,
            Role.id, reach.c.role_id,
        )
        .select_from(held)
        .join(users, users.c.id == held.c.user_id)
        .join(Role, Role.id == held.c.role_id)
        .join(reach, reach.c.held_id == held.c.role_id)
        .join(holding, holding.id == reach.c.role_id)
        .join(role_permissions, role_permissions.c.role_id == reach.c.role_id)
        .join(Permission, Permission.id == role_permissions.c.permission_id)
        .join(Api, Api.id == Permission.api_id)
        .outerjoin(Group, Group.id == held.c.group_id)
    )  # fmt: skip
    if api is not None:
        query = query.where(Api.identifier == api, Permission.name.in_(names))
    if after:
        query = query.where(users.c.email_normalised > after)
    order = (users.c.email_normalised, Api.identifier, Permission.name, Role.name, Group.name, holding.name)
    return _with_chains(db.session.execute(query.order_by(*order).limit(limit)).all())


def _with_chains(rows: Sequence[Any]) -> list[Path]:
    """Say of each row by which roles the one that is held came to allow it."""
    graph = load_graph() if any(row[6] != row[7] for row in rows) else Graph()
    found = list[Path]()
    for *plain, held_id, holding_id in rows:
        one = Path(*plain)
        found.append(one if held_id == holding_id else replace(one, through=graph.chains_below(held_id)[holding_id]))
    return found


def _own() -> str:
    return settings().issuer + PATH
