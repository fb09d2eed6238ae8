"""What another choice of permissions or of included roles would mean, for the roles changed and all that include them.

Only looked at here; what may be chosen, and by whom, stands in `catalogue` and `including`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from idp.access.derived.allowances import Pair, allowed_by, chains_of, own_permissions
from idp.access.derived.inheritance import Graph, load_graph
from idp.access.models import Role
from idp.core.db import db


@dataclass(frozen=True)
class Difference:
    """What a role allows more and less than now, and the roles that come and go with it."""

    role: str
    by: list[str]
    """The changed roles that it includes: by these it gains and loses; none where it is changed itself."""
    gained: list[Pair]
    lost: list[Pair]
    roles_gained: list[str]
    roles_lost: list[str]

    @property
    def is_none(self) -> bool:
        """Whether nobody gains or loses anything: it came, or still comes, by another way."""
        return not (self.gained or self.lost or self.roles_gained or self.roles_lost)


def find_differences(
    changed: Collection[str], *, included: Mapping[str, list[str]] | None = None,
    own: Mapping[str, set[Pair]] | None = None,
) -> list[Difference]:  # fmt: skip
    """Compare what roles allow with what they would: those changed, by their ids, and all that include one of them.

    `included` is what some of them would include, and `own` what some of them would hold themselves, by their ids.
    """
    now, held = load_graph(), own_permissions()
    names = {row.id: row.name for row in db.session.execute(select(Role.id, Role.name))}
    then, would = Graph(names, {**now.included, **(included or {})}), {**held, **(own or {})}
    above = [one for role_id in changed for one in now.all_above(role_id)]
    found = []
    for role_id in dict.fromkeys([*changed, *above]):
        before, after = chains_of(role_id, now), chains_of(role_id, then)
        allowed, to_be = allowed_by(before, held).keys(), allowed_by(after, would).keys()
        by = [] if role_id in changed else [names[one] for one in changed if one in before]
        come, go = (
            sorted(names[one] for one in some) for some in (after.keys() - before.keys(), before.keys() - after.keys())
        )
        found.append(Difference(names[role_id], by, sorted(to_be - allowed), sorted(allowed - to_be), come, go))
    return found
