"""Nobody hands out what they do not have: who may give and take which roles and administrative permissions."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from idp.access.errors import NOT_YOUR_LEVEL, NOT_YOURSELF, Forbidden
from idp.access.models import Api, Permission, Role, group_roles, role_permissions
from idp.access.people import role_ids_of
from idp.access.permissions import OWNER, PATH
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.context import context
from idp.core.db import db
from idp.core.settings import settings

_WRITE = "admin.roles.write"


def check_may_give_roles(roles: Iterable[str], *, actor: str | None, to: str | None = None) -> None:
    """Raise Forbidden, and record it, when a person would give or take a role that is above their own level.

    Commands and the system itself may do everything. `to` is the person who would get or lose the roles.
    """
    giver = _person(actor)
    if giver is None:
        return
    names = set(roles)
    wanted = _administrative(select(Role.id).where(Role.name.in_(names)))
    _check(giver, wanted, owner_needed=OWNER in names, what=sorted(names), actor=actor, to=to)


def may_give_roles(roles: Iterable[str], *, actor: str | None = None) -> bool:
    """Tell whether a person could give these roles to somebody else; nothing is recorded."""
    giver, names = _person(actor), set(roles)
    if giver is None:
        return True
    wanted = _administrative(select(Role.id).where(Role.name.in_(names)))
    return _refusal(giver, wanted, owner_needed=OWNER in names, to=None) is None


def may_act_on(user_id: str, *, actor: str | None = None) -> bool:
    """Tell whether a person may change the account of another; nothing is recorded."""
    giver = _person(actor)
    if giver is None or giver == user_id:
        return True
    theirs, is_owner = _administrative(role_ids_of(user_id)), OWNER in _roles(user_id)
    return theirs <= _administrative(role_ids_of(giver)) and (not is_owner or OWNER in _roles(giver))


def check_may_give_permission(name: str, api: str, *, actor: str | None) -> None:
    """Raise Forbidden, and record it, when a person would put a permission into a role that they do not have."""
    giver = _person(actor)
    if giver is not None:
        wanted = {name} if api == settings().issuer + PATH else set()
        _check(giver, wanted, owner_needed=False, what=[name], actor=actor, to=None)


def check_may_act_on(user_id: str, *, actor: str | None = None) -> None:
    """Raise Forbidden, and record it, when a person would change the account of somebody who may do more than they.

    Who resets an owner's second step is a step away from being an owner.
    """
    if may_act_on(user_id, actor=actor):
        return
    record(Tag.ROLE_REFUSED, actor=actor, subject=f"user:{user_id}", wanted=["account"])
    raise Forbidden(NOT_YOUR_LEVEL)


def roles_of_group(group_id: str) -> list[str]:
    """Return the names of a group's roles."""
    query = select(Role.name).join(group_roles, group_roles.c.role_id == Role.id)
    return list(db.session.execute(query.where(group_roles.c.group_id == group_id).order_by(Role.name)).scalars())


def _check(
    giver: str, wanted: set[str], *, owner_needed: bool, what: list[str], actor: str | None, to: str | None
) -> None:
    refusal = _refusal(giver, wanted, owner_needed=owner_needed, to=to)
    if refusal is None:
        return
    record(Tag.ROLE_REFUSED, actor=actor, subject=f"user:{to}" if to else None, wanted=what)
    raise Forbidden(refusal)


def _refusal(giver: str, wanted: set[str], *, owner_needed: bool, to: str | None) -> Any:
    """Return what stands against giving, or None."""
    held = _administrative(role_ids_of(giver))
    is_owner = OWNER in _roles(giver)
    if _WRITE not in held or not wanted <= held or (owner_needed and not is_owner):
        return NOT_YOUR_LEVEL
    return NOT_YOURSELF if to == giver and not is_owner else None


def _person(actor: str | None) -> str | None:
    """Return the id of the person who acts; None for commands and the system itself. Nobody else hands out anything."""
    kind, _, name = (actor or context().actor).partition(":")
    if kind in {"cli", "system", "worker"}:
        return None
    if kind != "user":
        raise Forbidden(NOT_YOUR_LEVEL)
    return name


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
