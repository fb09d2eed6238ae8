"""What a person may do, and what an API is; the front of this slice for the slices above."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import BindParameter, bindparam, select

from idp.access.assignments import (
    add_member,
    delete_group,
    grant_role,
    grant_role_to_group,
    remove_member,
    revoke_role,
    revoke_role_from_group,
)
from idp.access.catalogue import create_built_ins, get_group, get_role
from idp.access.guards.owners import check_owner_remains, is_last_owner, lock_owners
from idp.access.models import Api, Group, Permission, Role, group_members, role_permissions
from idp.access.names import ICONS, known_icon
from idp.access.people import role_ids_of
from idp.access.permissions import PATH, with_included
from idp.core.cache import Cache
from idp.core.db import read, single_statements
from idp.core.settings import settings
from idp.feed.service import on_change

__all__ = [
    "ApiInfo",
    "PermissionInfo",
    "add_member",
    "apis",
    "can",
    "check_owner_remains",
    "create_built_ins",
    "delete_group",
    "find_api",
    "forget",
    "get_group",
    "get_role",
    "grant_role",
    "grant_role_to_group",
    "group_names",
    "holds_role_with_second_step",
    "is_last_owner",
    "lock_owners",
    "own_api",
    "permission_names",
    "remove_member",
    "revoke_role",
    "revoke_role_from_group",
    "role_names",
]  # fmt: skip


@dataclass(frozen=True)
class PermissionInfo:
    """A permission as tokens and consent pages need it."""

    name: str
    title: str
    description: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    """What consent says in other languages, by their codes."""
    icon: str = ICONS[0]
    """What stands beside it there."""

    def title_in(self, language: str) -> str:
        """Return what consent says in a language: its own words, or else those for everybody, or else the name."""
        return self.titles.get(language) or self.title or self.name


@dataclass(frozen=True)
class ApiInfo:
    """An API as the protocol needs it, remembered until the change feed names one."""

    id: str
    identifier: str
    name: str
    access_token_lifetime: int | None
    """Seconds; None means the house's default."""
    permissions: tuple[PermissionInfo, ...]

    @property
    def permission_names(self) -> frozenset[str]:
        """The names of its permissions: the scopes of this API."""
        return frozenset(permission.name for permission in self.permissions)


_cache: Cache[dict[str, ApiInfo]] = Cache("idp.access", most=1)
_USER: BindParameter[str] = bindparam("user_id")
_ROLES = select(Role.name).where(Role.id.in_(role_ids_of(_USER))).order_by(Role.name)
_GROUPS = (
    select(Group.name)
    .join(group_members, group_members.c.group_id == Group.id)
    .where(group_members.c.user_id == _USER)
    .order_by(Group.name)
)
_PERMISSIONS = (
    select(Permission.api_id, Permission.name)
    .distinct()
    .join(role_permissions, role_permissions.c.permission_id == Permission.id)
    .where(role_permissions.c.role_id.in_(role_ids_of(_USER)))
)
_STRICT_ROLES = select(Role.id).where(Role.id.in_(role_ids_of(_USER)), Role.require_second_step).limit(1)
_PERMISSIONS_AT_API = _PERMISSIONS.where(Permission.api_id == bindparam("api_id"))

_READ_APIS = select(Api.id, Api.identifier, Api.name, Api.access_token_lifetime).order_by(Api.identifier)
_READ_PERMISSIONS = select(
    Permission.api_id, Permission.name, Permission.title, Permission.description, Permission.titles, Permission.icon
).order_by(Permission.name)  # fmt: skip


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
    """Return the roles of a person, in order: direct, by groups, and those that these include."""
    return [row[0] for row in read(_ROLES, {"user_id": user_id})]


def holds_role_with_second_step(user_id: str) -> bool:
    """Tell whether a person holds a role that asks for a second step, by whatever way it came to them."""
    return bool(read(_STRICT_ROLES, {"user_id": user_id}))


def group_names(user_id: str) -> list[str]:
    """Return the groups of a person, in order."""
    return [row[0] for row in read(_GROUPS, {"user_id": user_id})]


def permission_names(user_id: str, api_id: str | None = None) -> set[str]:
    """Return what a person may do, at one API or at all of them, with what a permission of ours includes."""
    if api_id is None:
        rows = read(_PERMISSIONS, {"user_id": user_id})
    else:
        rows = read(_PERMISSIONS_AT_API, {"user_id": user_id, "api_id": api_id})
    own = find_api(own_api())
    ours = {row.name for row in rows if own is not None and row.api_id == own.id}
    return {row.name for row in rows} | with_included(ours)


def can(user_id: str, permission: str) -> bool:
    """Tell whether a person has one of our own administrative permissions."""
    api = find_api(own_api())
    return api is not None and permission in permission_names(user_id, api.id)


def forget(app: Flask | None = None) -> None:
    """Drop the remembered APIs."""
    _cache.forget(app=app)


@on_change("api")
def _on_change(_subject: str) -> None:
    forget()


def _apis() -> dict[str, ApiInfo]:
    return _cache.get("apis", _load) or {}


def _load() -> dict[str, ApiInfo]:
    permissions: dict[str, list[PermissionInfo]] = defaultdict(list)
    with single_statements() as connection:
        for row in connection.execute(_READ_PERMISSIONS):
            permissions[row.api_id].append(
                PermissionInfo(row.name, row.title, row.description, row.titles, known_icon(row.icon))
            )
        rows = connection.execute(_READ_APIS).all()
    return {
        row.identifier: ApiInfo(row.id, row.identifier, row.name, row.access_token_lifetime, tuple(permissions[row.id]))
        for row in rows
    }
