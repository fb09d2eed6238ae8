"""What roles include: every role that somebody holds stands for those that it includes, however deep."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import CTE, Select, select
from sqlalchemy.orm import aliased

from idp.access.models import Role, role_includes
from idp.core.db import db

Chain = tuple[str, ...]
"""The names of the roles by which one role came to include another: the other is the last of them."""


def spread(held: Select[*tuple[Any, ...]], *, upwards: bool = False) -> CTE:
    """Add to rows with a `role_id` the same rows for all that this role includes, or for all that include it.

    One statement, so that what somebody may do is still read in a single round trip. A loop, which no rule lets
    come about, would end it all the same: no row is added twice.
    """
    found = held.cte(recursive=True)
    here, there = role_includes.c.role_id, role_includes.c.included_id
    if upwards:
        here, there = there, here
    columns = [there if column.name == "role_id" else column for column in found.c]
    return found.union(select(*columns).select_from(found).join(role_includes, here == found.c.role_id))


def below(roles: Select[Any]) -> Select[Any]:
    """Select the ids of some roles and of all that they include."""
    return _ids(roles, upwards=False)


def above(roles: Select[Any]) -> Select[Any]:
    """Select the ids of some roles and of all that include them."""
    return _ids(roles, upwards=True)


def ids_above(role_name: str) -> list[str]:
    """Return the ids of a role and of all that include it: who holds one of these holds the role."""
    return [row[0] for row in db.session.execute(above(select(Role.id).where(Role.name == role_name)))]


def included_by_name() -> dict[str, list[str]]:
    """Return the names of what each role includes itself, by its name and in order."""
    graph, found = load_graph(), dict[str, list[str]]()
    for role_id, included in graph.included.items():
        found[graph.names[role_id]] = sorted(graph.names[one] for one in included)
    return found


@dataclass
class Graph:
    """Which role includes which, by ids; those that neither include nor are included stand nowhere in it."""

    names: dict[str, str] = field(default_factory=dict)
    included: dict[str, list[str]] = field(default_factory=dict)

    def names_included_by(self, role_id: str) -> list[str]:
        """Return the names of what a role includes itself, in order."""
        return sorted(self.names[one] for one in self.included.get(role_id, ()))

    def names_including(self, role_id: str) -> list[str]:
        """Return the names of the roles that include one themselves, in order."""
        return sorted(self.names[one] for one, included in self.included.items() if role_id in included)

    def chains_below(self, role_id: str) -> dict[str, Chain]:
        """Return all that a role includes, by id, each with the shortest way there; nearest first."""
        found, waiting = dict[str, Chain](), deque([(role_id, Chain())])
        while waiting:
            one, chain = waiting.popleft()
            for other in sorted(self.included.get(one, ()), key=lambda one: self.names.get(one, one)):
                if other != role_id and other not in found:
                    found[other] = (*chain, self.names.get(other, other))
                    waiting.append((other, found[other]))
        return found

    def all_above(self, role_id: str) -> list[str]:
        """Return the ids of all roles that include one, however deep."""
        return [one for one in self.included if role_id in self.chains_below(one)]


def load_graph() -> Graph:
    """Read which role includes which."""
    role, included = aliased(Role), aliased(Role)
    query = (
        select(role.id, role.name, included.id, included.name)
        .select_from(role_includes)
        .join(role, role.id == role_includes.c.role_id)
        .join(included, included.id == role_includes.c.included_id)
        .order_by(role.name, included.name)
    )
    graph = Graph()
    for role_id, name, included_id, included_name in db.session.execute(query):
        graph.names |= {role_id: name, included_id: included_name}
        graph.included.setdefault(role_id, []).append(included_id)
    return graph


def names_of(role_ids: Iterable[str]) -> list[str]:
    """Return the names of roles, in order."""
    return list(db.session.execute(select(Role.name).where(Role.id.in_(list(role_ids))).order_by(Role.name)).scalars())


def _ids(roles: Select[Any], *, upwards: bool) -> Select[Any]:
    start = roles.subquery()
    return select(spread(select(next(iter(start.c)).label("role_id")), upwards=upwards).c.role_id)
