"""Nobody hands out what they do not have: who may give and take which roles and administrative permissions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, union

from idp.access.derived.inheritance import above, below, ids_above, names_of
from idp.access.errors import NOT_YOUR_LEVEL, NOT_YOURSELF, Forbidden
from idp.access.models import Api, Permission, Role, group_members, group_roles, role_permissions, user_roles
from idp.access.people import role_ids_of
from idp.access.permissions import OWNER, PATH, PERMISSIONS, with_included
from idp.audit.service import record_refusal
from idp.audit.tags import Tag
from idp.core.context import context
from idp.core.db import db
from idp.core.settings import settings

_WRITE = "admin.roles.write"


@dataclass(frozen=True)
class Giver:
    """Who acts, with the administrative permissions this call of theirs may use."""

    user_id: str | None
    held: set[str]
    is_owner: bool
    is_limited: bool
    """Whether they act through a key or a token: it may do less than they."""
    is_nobody: bool = False
    """Whether it is nobody we know: they change nothing, not even what takes no permission of ours."""


def check_may_give_roles(roles: Iterable[str], *, actor: str | None, to: str | None = None) -> None:
    """Raise Forbidden, and record it, when a person would give or take a role that is above their own level.

    Commands and the system itself may do everything. `to` is the person who would get or lose the roles.
    """
    giver = _giver(actor)
    if giver is None:
        return
    names = set(roles)
    wanted = _administrative(below(select(Role.id).where(Role.name.in_(names))))
    _check(giver, wanted, owner_needed=OWNER in names, what=sorted(names), actor=actor, to=to)


def check_may_change_role(role: str, *, actor: str | None) -> None:
    """Raise Forbidden, and record it, when a role, or one that includes it, is above the level of who changes it."""
    check_may_give_roles(names_of(ids_above(role)), actor=actor)


def check_may_include(role: str, others: Iterable[str], *, actor: str | None) -> None:
    """Raise Forbidden, and record it, when a person would let a role include others, or no more, above their own level.

    Who holds the role would give themselves the others, and admission where these let in: so they ask somebody else.
    """
    giver = _giver(actor)
    if giver is not None:
        check_may_give_roles([*names_of(ids_above(role)), *others], actor=actor, to=_holder(giver, role))


def check_may_give_group(roles: Iterable[str], group_id: str, *, actor: str | None) -> None:
    """Raise Forbidden, and record it, when a person would give or take a role of a group above their own level.

    Who is in the group would give it to themselves: so they ask somebody else.
    """
    giver = _giver(actor)
    if giver is not None:
        members = select(group_members.c.user_id).where(
            group_members.c.group_id == group_id, group_members.c.user_id == giver.user_id
        )
        check_may_give_roles(roles, actor=actor, to=db.session.execute(members).scalar())


def may_give_roles(roles: Iterable[str], *, actor: str | None = None) -> bool:
    """Tell whether a person could give these roles to somebody else; nothing is recorded."""
    giver, names = _giver(actor), set(roles)
    if giver is None:
        return True
    wanted = _administrative(below(select(Role.id).where(Role.name.in_(names))))
    return _refusal(giver, wanted, owner_needed=OWNER in names, to=None) is None


def may_act_on(user_id: str, *, actor: str | None = None) -> bool:
    """Tell whether a person may change the account of another; nothing is recorded."""
    giver = _giver(actor)
    if giver is None or (giver.user_id == user_id and not giver.is_limited):
        return True
    theirs, is_owner = _administrative(role_ids_of(user_id)), OWNER in _roles(user_id)
    return not giver.is_nobody and theirs <= giver.held and (not is_owner or giver.is_owner)


def holds(permission: str, *, actor: str | None = None) -> bool:
    """Tell whether who acts has a permission of ours; commands and the system itself have all."""
    giver = _giver(actor)
    return giver is None or permission in giver.held


def check_may_give_permission(name: str, api: str, *, actor: str | None, role: str | None = None) -> None:
    """Raise Forbidden, and record it, when a person would put a permission into a role that they do not have."""
    giver = _giver(actor)
    if giver is not None:
        wanted = {name} if api == settings().issuer + PATH else set()
        _check(giver, wanted, owner_needed=False, what=[name], actor=actor, to=_holder(giver, role))


def check_may_act_on(user_id: str, *, actor: str | None = None) -> None:
    """Raise Forbidden, and record it, when a person would change the account of somebody who may do more than they.

    Who resets an owner's second step is a step away from being an owner; so is a key of an owner that may do less.
    """
    if may_act_on(user_id, actor=actor):
        return
    record_refusal(Tag.ROLE_REFUSED, actor=actor, subject=f"user:{user_id}", wanted=["account"])
    raise Forbidden(NOT_YOUR_LEVEL)


def check_may_act_as(permissions: Iterable[str], subject: str | None, *, actor: str | None = None) -> None:
    """Raise Forbidden, and record it, when somebody would do what takes our own permissions that they lack.

    Who gives an app a secret, or another address to come back to, can do what the app can.
    """
    giver = _giver(actor)
    wanted = set(permissions) & PERMISSIONS.keys()
    if giver is None or (wanted <= giver.held and not giver.is_nobody):
        return
    record_refusal(Tag.ROLE_REFUSED, actor=actor, subject=subject, wanted=sorted(wanted))
    raise Forbidden(NOT_YOUR_LEVEL)


def administrators() -> Select[tuple[str]]:
    """Select the ids of the people who may do anything at our own API."""
    roles = above(
        select(role_permissions.c.role_id)
        .join(Permission, Permission.id == role_permissions.c.permission_id)
        .join(Api, Api.id == Permission.api_id)
        .where(Api.identifier == settings().issuer + PATH)
    )
    by_group = select(group_members.c.user_id).join(group_roles, group_roles.c.group_id == group_members.c.group_id)
    found = union(
        select(user_roles.c.user_id).where(user_roles.c.role_id.in_(roles)),
        by_group.where(group_roles.c.role_id.in_(roles)),
    ).subquery()
    return select(found.c.user_id)


def roles_of_group(group_id: str) -> list[str]:
    """Return the names of a group's roles."""
    query = select(Role.name).join(group_roles, group_roles.c.role_id == Role.id)
    return list(db.session.execute(query.where(group_roles.c.group_id == group_id).order_by(Role.name)).scalars())


def _check(
    giver: Giver, wanted: set[str], *, owner_needed: bool, what: list[str], actor: str | None, to: str | None
) -> None:
    refusal = _refusal(giver, wanted, owner_needed=owner_needed, to=to)
    if refusal is None:
        return
    record_refusal(Tag.ROLE_REFUSED, actor=actor, subject=f"user:{to}" if to else None, wanted=what)
    raise Forbidden(refusal)


def _refusal(giver: Giver, wanted: set[str], *, owner_needed: bool, to: str | None) -> Any:
    """Return what stands against giving, or None."""
    if _WRITE not in giver.held or not wanted <= giver.held or (owner_needed and not giver.is_owner):
        return NOT_YOUR_LEVEL
    return NOT_YOURSELF if to is not None and to == giver.user_id and not giver.is_owner else None


def _giver(actor: str | None) -> Giver | None:
    """Return who acts; None for commands and the system itself. Nobody else hands out anything."""
    kind, _, name = (actor or context().actor).partition(":")
    most = context().permissions
    if kind in {"cli", "system", "worker"}:
        return None
    most = most if most is None else with_included(most)
    if kind == "client" and most is not None:
        return Giver(None, set(most), is_owner=False, is_limited=True)
    if kind != "user":
        return Giver(None, set(), is_owner=False, is_limited=True, is_nobody=True)
    held, is_owner = set(with_included(_administrative(role_ids_of(name)))), OWNER in _roles(name)
    if most is None:
        return Giver(name, held, is_owner, is_limited=False)
    return Giver(name, held & most, is_owner and most >= PERMISSIONS.keys(), is_limited=True)


def _holder(giver: Giver, role: str | None) -> str | None:
    """Return the id of who acts when they hold the role that they would change."""
    return giver.user_id if role and giver.user_id and role in _roles(giver.user_id) else None


def _roles(user_id: str) -> set[str]:
    return set(db.session.execute(select(Role.name).where(Role.id.in_(role_ids_of(user_id)))).scalars())


def _administrative(role_ids: Select[Any]) -> set[str]:
    """Return our own administrative permissions that some roles hold."""
    query = (
        select(Permission.name)
        .join(Api, Api.id == Permission.api_id)
        .join(role_permissions, role_permissions.c.permission_id == Permission.id)
        .where(Api.identifier == settings().issuer + PATH, role_permissions.c.role_id.in_(role_ids))
    )
    return set(db.session.execute(query).scalars())
