"""The rules of what a role may include: no loop, never the owner's role, nothing above the level of who decides."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select

from idp.access.derived.inheritance import load_graph
from idp.access.errors import (
    BUILT_IN,
    INCLUDES_IN_A_LOOP,
    INCLUDES_OWNER,
    NO_ROLE,
    TOO_MANY_INCLUDED,
    Conflict,
    DomainError,
    NotFound,
    RoleIncluded,
)
from idp.access.guards.level import check_may_include
from idp.access.guards.owners import lock_owners
from idp.access.models import Role, role_includes
from idp.access.permissions import OWNER
from idp.core.db import db
from idp.core.errors import ChangedMeanwhile

MOST = 50
"""So many roles one may include itself."""


def includes_of(role: Role) -> list[str]:
    """Return the names of the roles that one includes itself, in order."""
    included = select(Role.name).join(role_includes, role_includes.c.included_id == Role.id)
    return list(db.session.execute(included.where(role_includes.c.role_id == role.id).order_by(Role.name)).scalars())


def check_includes(name: str, wanted: Collection[str], *, builtin: bool = False) -> None:
    """Raise DomainError for what no role may include, whatever else there is."""
    if builtin:
        raise Conflict(BUILT_IN, field="includes")
    if OWNER in wanted:
        raise Conflict(INCLUDES_OWNER, field="includes")
    if name in wanted:
        raise Conflict(INCLUDES_IN_A_LOOP % {"role": name}, field="includes")
    if len(set(wanted)) > MOST:
        raise DomainError(TOO_MANY_INCLUDED % {"most": MOST}, field="includes")


def check_may_change(role: Role, wanted: Sequence[str], *, actor: str | None) -> set[str]:
    """Check a change of what a role includes, and return the names that it touches.

    Raises Conflict, NotFound, and Forbidden, which it records. What changes until it is written, `write_includes` sees.
    """
    check_includes(role.name, wanted, builtin=role.builtin)
    touched = set(wanted) ^ set(includes_of(role))
    if touched:
        check_may_include(role.name, touched, actor=actor)
    return touched


def write_includes(role: Role, wanted: Sequence[str], touched: Collection[str]) -> tuple[list[str], list[str]]:
    """Let a role include these and no others; return the names before and after. The owners are locked.

    Raises NotFound, Conflict for a loop, and ChangedMeanwhile when more would change than was checked.
    """
    before, after = includes_of(role), sorted(set(wanted))
    if not set(before) ^ set(after) <= set(touched):
        raise ChangedMeanwhile
    added = _ids(set(after) - set(before))
    _check_loops(role, added)
    taken = _ids(set(before) - set(after))
    if taken:
        pairs = role_includes.c.role_id == role.id, role_includes.c.included_id.in_(taken.values())
        db.session.execute(delete(role_includes).where(*pairs))
    for included_id in added.values():
        db.session.execute(insert(role_includes).values(role_id=role.id, included_id=included_id))
    return before, after


def check_included_by_none(role: Role) -> None:
    """Raise RoleIncluded for a role that others include: they would allow less, and nobody was asked."""
    lock_owners()
    if names := load_graph().names_including(role.id):
        raise RoleIncluded(names)


def _ids(names: Collection[str]) -> dict[str, str]:
    rows = db.session.execute(select(Role.name, Role.id).where(Role.name.in_(names))).all()
    if len(rows) < len(names):
        raise NotFound(NO_ROLE, field="includes")
    return {row.name: row.id for row in sorted(rows)}


def _check_loops(role: Role, added: dict[str, str]) -> None:
    graph = load_graph()
    for name, role_id in added.items():
        if role_id == role.id or role.id in graph.chains_below(role_id):
            raise Conflict(INCLUDES_IN_A_LOOP % {"role": name}, field="includes")
