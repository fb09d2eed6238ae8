"""What a person may do, and the giving and taking of roles."""

from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy import delete, exists, func, insert, literal_column, select, text, union

from idp.access.catalogue import create_built_ins
from idp.access.errors import NO_GROUP, NO_ROLE, LastOwner, NotFound
from idp.access.models import (
    Api,
    Group,
    Permission,
    Role,
    group_members,
    group_roles,
    role_permissions,
    user_roles,
)
from idp.access.permissions import OWNER, PATH
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import db, is_postgresql, transaction
from idp.core.settings import settings
from idp.feed.service import on_change

__all__ = [
    "ApiInfo",
    "PermissionInfo",
    "apis",
    "can",
    "check_owner_remains",
    "create_built_ins",
    "find_api",
    "forget",
    "get_group",
    "get_role",
    "grant_role",
    "group_names",
    "is_last_owner",
    "lock_owners",
    "own_api",
    "permission_names",
    "revoke_role",
    "role_names",
]

_EXTENSION = "idp.access"
_LOCK = 0x1D90E4


@dataclass(frozen=True)
class PermissionInfo:
    """A permission as tokens and consent pages need it."""

    name: str
    title: str


@dataclass(frozen=True)
class ApiInfo:
    """An API as the protocol needs it, remembered until the change feed names it."""

    id: str
    identifier: str
    name: str
    access_token_lifetime: int | None
    permissions: tuple[PermissionInfo, ...]

    @property
    def permission_names(self) -> frozenset[str]:
        """The names of its permissions: the scopes of this API."""
        return frozenset(permission.name for permission in self.permissions)


def apis() -> tuple[ApiInfo, ...]:
    """Return all APIs with their permissions."""
    return tuple(_apis().values())


def find_api(identifier: str) -> ApiInfo | None:
    """Return the API of an identifier, byte for byte, or None (RFC 8707 §2)."""
    return _apis().get(identifier)


def own_api() -> str:
    """Return the identifier of our own API."""
    return settings().issuer + PATH


def role_names(user_id: str) -> list[str]:
    """Return the roles of a person, direct and by groups, in order."""
    query = select(Role.name).where(Role.id.in_(_role_ids(user_id))).order_by(Role.name)
    return list(db.session.execute(query).scalars())


def group_names(user_id: str) -> list[str]:
    """Return the groups of a person, in order."""
    query = (
        select(Group.name)
        .join(group_members, group_members.c.group_id == Group.id)
        .where(group_members.c.user_id == user_id)
        .order_by(Group.name)
    )
    return list(db.session.execute(query).scalars())


def permission_names(user_id: str, api_id: str | None = None) -> set[str]:
    """Return what a person may do, at one API or at all of them."""
    query = (
        select(Permission.name)
        .join(role_permissions, role_permissions.c.permission_id == Permission.id)
        .where(role_permissions.c.role_id.in_(_role_ids(user_id)))
    )
    if api_id is not None:
        query = query.where(Permission.api_id == api_id)
    return set(db.session.execute(query).scalars())


def can(user_id: str, permission: str) -> bool:
    """Tell whether a person has one of our own administrative permissions."""
    api = find_api(own_api())
    return api is not None and permission in permission_names(user_id, api.id)


def is_last_owner(user_id: str) -> bool:
    """Tell whether nobody else who can sign in is an owner."""
    return OWNER in role_names(user_id) and not _other_owners(user_id)


def grant_role(user_id: str, role: str, *, actor: str | None = None) -> bool:
    """Give a person a role; return False when they have it already."""
    with transaction() as session:
        role_id = get_role(role).id
        pair = {"user_id": user_id, "role_id": role_id}
        if session.execute(select(user_roles).filter_by(**pair)).first():
            return False
        session.execute(insert(user_roles).values(pair))
        record(Tag.ROLE_GRANTED, actor=actor, subject=f"user:{user_id}", role=role)
        return True


def revoke_role(user_id: str, role: str, *, actor: str | None = None) -> bool:
    """Take a role away; return False when they did not have it. Raises LastOwner."""
    with transaction() as session:
        lock_owners()
        role_id = get_role(role).id
        taken = session.execute(
            delete(user_roles)
            .where(user_roles.c.user_id == user_id, user_roles.c.role_id == role_id)
            .returning(user_roles.c.user_id)
        ).first()
        if taken is None:
            return False
        if role == OWNER and not _owners():
            raise LastOwner
        record(Tag.ROLE_REVOKED, actor=actor, subject=f"user:{user_id}", role=role)
        return True


def lock_owners() -> None:
    """Let one transaction at a time change who is an owner; what comes after sees what came before."""
    if is_postgresql():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def check_owner_remains() -> None:
    """Raise LastOwner when no owner is left who can sign in; called inside the transaction of the change."""
    if not _owners():
        raise LastOwner


def get_role(name: str) -> Role:
    """Return a role; raise NotFound."""
    role = db.session.execute(select(Role).where(Role.name == name)).scalar_one_or_none()
    if role is None:
        raise NotFound(NO_ROLE)
    return role


def get_group(name: str) -> Group:
    """Return a group; raise NotFound."""
    group = db.session.execute(select(Group).where(Group.name == name)).scalar_one_or_none()
    if group is None:
        raise NotFound(NO_GROUP)
    return group


def forget(app: Flask | None = None) -> None:
    """Drop the remembered APIs."""
    (app or current_app).extensions.pop(_EXTENSION, None)


@on_change("api")
def _on_change(_subject: str) -> None:
    forget()


def _apis() -> dict[str, ApiInfo]:
    known: dict[str, ApiInfo] | None = current_app.extensions.get(_EXTENSION)
    if known is None:
        permissions: dict[str, list[PermissionInfo]] = {}
        for row in db.session.execute(select(Permission).order_by(Permission.name)).scalars():
            permissions.setdefault(row.api_id, []).append(PermissionInfo(row.name, row.title))
        known = {
            api.identifier: ApiInfo(
                api.id, api.identifier, api.name, api.access_token_lifetime, tuple(permissions.get(api.id, ()))
            )
            for api in db.session.execute(select(Api).order_by(Api.identifier)).scalars()
        }
        current_app.extensions[_EXTENSION] = known
    return known


def _role_ids(user_id: str):  # type: ignore[no-untyped-def] # noqa: ANN202 - a select of ids
    direct = select(user_roles.c.role_id).where(user_roles.c.user_id == user_id)
    by_group = (
        select(group_roles.c.role_id)
        .join(group_members, group_members.c.group_id == group_roles.c.group_id)
        .where(group_members.c.user_id == user_id)
    )
    return union(direct, by_group).subquery().select()


def _owners() -> bool:
    return bool(_count_owners(None))


def _other_owners(user_id: str) -> bool:
    return bool(_count_owners(user_id))


def _count_owners(without: str | None) -> int:
    """Count the owners who can sign in; `users` is named as a table, because it belongs to a slice above."""
    owner = select(Role.id).where(Role.name == OWNER).scalar_subquery()
    direct = select(user_roles.c.user_id).where(user_roles.c.role_id == owner)
    by_group = (
        select(group_members.c.user_id)
        .join(group_roles, group_roles.c.group_id == group_members.c.group_id)
        .where(group_roles.c.role_id == owner)
    )
    people = union(direct, by_group).subquery()
    users = db.metadata.tables["users"]
    query = (
        select(func.count())
        .select_from(people)
        .where(
            exists(
                select(literal_column("1")).where(
                    users.c.id == people.c.user_id, users.c.state == "active", users.c.locked_at.is_(None)
                )
            )
        )
    )
    if without is not None:
        query = query.where(people.c.user_id != without)
    return int(db.session.execute(query).scalar_one())
