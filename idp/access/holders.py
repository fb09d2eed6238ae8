"""Who holds a role, directly, by a group, or by a role that includes it: a page of them, and how many there are.

Each part is found by its index.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, func, select

from idp.access.derived.allowances import count_allowed
from idp.access.derived.inheritance import Chain, load_graph, names_of
from idp.access.derived.origins import Way
from idp.access.models import Group, Role, group_members, group_roles, user_roles
from idp.access.people import users
from idp.core.db import db
from idp.core.keyset import count_some, page_of


@dataclass(frozen=True)
class Holder:
    """One person, and the ways by which they hold the role."""

    id: str
    email: str
    ways: list[Way]


@dataclass(frozen=True)
class Counts:
    """How many hold a role, and how much it allows."""

    people: int
    """Who were given it themselves, up to a bound and one."""
    groups: int
    permissions: int
    """All that it allows, by whatever way."""


def list_holders(role_id: str, *, after: str = "", before: str = "", limit: int) -> list[Holder]:
    """List who holds a role by id, beside one of them; before one, the nearest come first."""
    beside = [before or after] if before or after else None
    chains = chains_to(role_id)
    groups = {one: groups_with(one) for one in chains}
    sources = [(user_roles, user_roles.c.role_id == one) for one in chains]
    bringing = set[str]().union(*groups.values())
    sources += [(group_members, group_members.c.group_id == one) for one in bringing]
    found = set[str]()
    for table, is_it in sources:
        query = select(table.c.user_id).where(is_it)
        page = page_of(query, [table.c.user_id], beside, descending=False, backwards=bool(before), limit=limit)
        found.update(db.session.execute(page).scalars())
    return _described(sorted(found, reverse=bool(before))[:limit], chains, groups)


def chains_to(role_id: str) -> dict[str, tuple[str, Chain]]:
    """Return the names of a role and of all that include it, by id, each with the roles on the way there."""
    graph = load_graph()
    return {role_id: (names_of([role_id])[0], ()), **{
        one: (graph.names[one], graph.chains_below(one)[role_id]) for one in graph.all_above(role_id)
    }}  # fmt: skip


def groups_with(role_id: str) -> dict[str, str]:
    """Return the names of the groups that bring a role, by their ids."""
    query = select(Group.id, Group.name).join(group_roles, group_roles.c.group_id == Group.id)
    rows = db.session.execute(query.where(group_roles.c.role_id == role_id).order_by(Group.name))
    return {row.id: row.name for row in rows}


def count_roles(most: int) -> dict[str, Counts]:
    """Count of every role the people who were given it, up to `most` and one, its groups and what it allows."""
    groups, permissions = _per_role(group_roles), count_allowed()
    return {
        role_id: Counts(count_direct(role_id, most), groups.get(role_id, 0), permissions.get(role_id, 0))
        for role_id in db.session.execute(select(Role.id)).scalars()
    }


def count_direct(role_id: str, most: int) -> int:
    """Count the people who were given a role themselves, up to `most` and one."""
    query = select(user_roles.c.user_id).where(user_roles.c.role_id == role_id)
    return count_some(query, user_roles.c.user_id, most)


def _described(ids: list[str], chains: dict[str, tuple[str, Chain]], groups: dict[str, dict[str, str]]) -> list[Holder]:
    emails = {row.id: row.email for row in _read(select(users.c.id, users.c.email).where(users.c.id.in_(ids)))}
    given = user_roles.c.user_id.in_(ids), user_roles.c.role_id.in_(chains)
    direct = set(map(tuple, _read(select(user_roles.c.user_id, user_roles.c.role_id).where(*given))))
    names = {group_id: name for each in groups.values() for group_id, name in each.items()}
    member = group_members.c.user_id.in_(ids), group_members.c.group_id.in_(names)
    memberships = set(map(tuple, _read(select(group_members.c.user_id, group_members.c.group_id).where(*member))))
    found = defaultdict[str, list[Way]](list)
    for user_id in ids:
        for role_id, (role, chain) in chains.items():
            found[user_id] += [Way(role, through=chain)] if (user_id, role_id) in direct else []
            brought = sorted(name for one, name in groups[role_id].items() if (user_id, one) in memberships)
            found[user_id] += [Way(role, group, through=chain) for group in brought]
    return [Holder(one, emails[one], found[one]) for one in ids if one in emails]


def _per_role(pairs: Table) -> dict[str, int]:
    query = select(pairs.c.role_id, func.count().label("number")).group_by(pairs.c.role_id)
    return {row.role_id: row.number for row in _read(query)}


def _read(query: Any) -> Sequence[Any]:
    return db.session.execute(query).all()
