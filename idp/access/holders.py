"""Who holds a role, directly or by a group: a page of them, each part found by its index, and how many there are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, select

from idp.access.models import Group, Role, group_members, group_roles, role_permissions, user_roles
from idp.access.people import users
from idp.core.db import db
from idp.core.keyset import count_some, page_of


@dataclass(frozen=True)
class Holder:
    """One person, and the ways by which they hold the role."""

    id: str
    email: str
    is_direct: bool
    groups: list[str]


@dataclass(frozen=True)
class Counts:
    """How many hold a role, and how much it allows."""

    people: int
    """Who were given it themselves, up to a bound and one."""
    groups: int
    permissions: int


def list_holders(role_id: str, *, after: str = "", before: str = "", limit: int) -> list[Holder]:
    """List who holds a role by id, beside one of them; before one, the nearest come first."""
    beside = [before or after] if before or after else None
    groups = groups_with(role_id)
    sources = [(user_roles, user_roles.c.role_id == role_id)]
    sources += [(group_members, group_members.c.group_id == group_id) for group_id in groups]
    found = set[str]()
    for table, is_it in sources:
        query = select(table.c.user_id).where(is_it)
        page = page_of(query, [table.c.user_id], beside, descending=False, backwards=bool(before), limit=limit)
        found.update(db.session.execute(page).scalars())
    return _described(role_id, sorted(found, reverse=bool(before))[:limit], groups)


def groups_with(role_id: str) -> dict[str, str]:
    """Return the names of the groups that bring a role, by their ids."""
    query = select(Group.id, Group.name).join(group_roles, group_roles.c.group_id == Group.id)
    rows = db.session.execute(query.where(group_roles.c.role_id == role_id).order_by(Group.name))
    return {row.id: row.name for row in rows}


def count_roles(most: int) -> dict[str, Counts]:
    """Count of every role the people who were given it, up to `most` and one, its groups and its permissions."""
    groups, permissions = _per_role(group_roles), _per_role(role_permissions)
    return {
        role_id: Counts(count_direct(role_id, most), groups.get(role_id, 0), permissions.get(role_id, 0))
        for role_id in db.session.execute(select(Role.id)).scalars()
    }


def count_direct(role_id: str, most: int) -> int:
    """Count the people who were given a role themselves, up to `most` and one."""
    query = select(user_roles.c.user_id).where(user_roles.c.role_id == role_id)
    return count_some(query, user_roles.c.user_id, most)


def _described(role_id: str, ids: list[str], groups: dict[str, str]) -> list[Holder]:
    emails = {row.id: row.email for row in _read(select(users.c.id, users.c.email).where(users.c.id.in_(ids)))}
    given = user_roles.c.user_id.in_(ids), user_roles.c.role_id == role_id
    direct = {row.user_id for row in _read(select(user_roles.c.user_id).where(*given))}
    by_group = defaultdict[str, list[str]](list)
    member = group_members.c.user_id.in_(ids), group_members.c.group_id.in_(groups)
    for row in _read(select(group_members.c.user_id, group_members.c.group_id).where(*member)):
        by_group[row.user_id].append(groups[row.group_id])
    return [Holder(one, emails[one], one in direct, sorted(by_group[one])) for one in ids if one in emails]


def _per_role(pairs: Table) -> dict[str, int]:
    query = select(pairs.c.role_id, func.count().label("number")).group_by(pairs.c.role_id)
    return {row.role_id: row.number for row in _read(query)}


def _read(query: Any) -> Sequence[Any]:
    return db.session.execute(query).all()
