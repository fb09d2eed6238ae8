"""Make and change APIs, permissions, roles and groups."""

import re
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select

from idp.access.errors import BAD_IDENTIFIER, BAD_NAME, BUILT_IN, NO_API, NO_PERMISSION, TAKEN
from idp.access.models import (
    Api,
    Group,
    Permission,
    Role,
    group_members,
    group_roles,
    role_permissions,
)
from idp.access.permissions import BUILT_IN_ROLES, PATH, PERMISSIONS
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import db, transaction
from idp.core.errors import Conflict, DomainError, NotFound
from idp.core.settings import settings
from idp.feed.service import publish

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")


def create_built_ins() -> None:
    """Make our own API, its permissions and the built-in roles, or bring them up to date; idempotent."""
    with transaction() as session:
        api = _find_api(settings().issuer + PATH) or create_api(settings().issuer + PATH, name="Administration")
        known = {row.name: row for row in _permissions(api.id)}
        for name, title in PERMISSIONS.items():
            if name not in known:
                known[name] = add_permission(api.identifier, name, title=str(title))
        for name, (title, wanted) in BUILT_IN_ROLES.items():
            role = session.execute(select(Role).where(Role.name == name)).scalar_one_or_none()
            role = role or create_role(name, title=title, builtin=True)
            held = set(
                session.execute(
                    select(role_permissions.c.permission_id).where(role_permissions.c.role_id == role.id)
                ).scalars()
            )
            missing = [known[item].id for item in sorted(wanted) if known[item].id not in held]
            if missing:
                session.execute(
                    insert(role_permissions), [{"role_id": role.id, "permission_id": item} for item in missing]
                )


def create_api(identifier: str, *, name: str, access_token_lifetime: int | None = None) -> Api:
    """Make an API; its identifier is an absolute address without fragment (RFC 8707 §2)."""
    parts = urlsplit(identifier)
    if not parts.scheme or not (parts.netloc or parts.scheme == "urn") or "#" in identifier or len(identifier) > 400:
        raise DomainError(BAD_IDENTIFIER, field="identifier")
    with transaction() as session:
        if _find_api(identifier):
            raise Conflict(TAKEN, field="identifier")
        api = Api(identifier=identifier, name=name[:120], access_token_lifetime=access_token_lifetime)
        _add(session, api, Tag.API_CREATED, f"api:{identifier}")
        publish("api", api.id)
        return api


def delete_api(identifier: str) -> None:
    """Delete an API with its permissions."""
    with transaction() as session:
        api = get_api(identifier)
        if identifier == settings().issuer + PATH:
            raise Conflict(BUILT_IN)
        session.delete(api)
        record(Tag.API_DELETED, subject=f"api:{identifier}")
        publish("api", api.id)


def get_api(identifier: str) -> Api:
    """Return an API's row; raise NotFound."""
    api = _find_api(identifier)
    if api is None:
        raise NotFound(NO_API)
    return api


def add_permission(identifier: str, name: str, *, title: str = "", description: str = "") -> Permission:
    """Add a permission to an API."""
    _check_name(name)
    with transaction() as session:
        api = get_api(identifier)
        if any(row.name == name for row in _permissions(api.id)):
            raise Conflict(TAKEN, field="name")
        row = Permission(api_id=api.id, name=name, title=title, description=description)
        _add(session, row, Tag.PERMISSION_CREATED, f"api:{identifier}", permission=name)
        publish("api", api.id)
        return row


def remove_permission(identifier: str, name: str) -> None:
    """Remove a permission from an API and from every role."""
    with transaction() as session:
        api = get_api(identifier)
        if identifier == settings().issuer + PATH:
            raise Conflict(BUILT_IN)
        session.delete(_get_permission(api, name))
        record(Tag.PERMISSION_DELETED, subject=f"api:{identifier}", permission=name)
        publish("api", api.id)


def create_role(name: str, *, title: str = "", description: str = "", builtin: bool = False) -> Role:
    """Make a role."""
    _check_name(name)
    with transaction() as session:
        if session.execute(select(Role.id).where(Role.name == name)).first():
            raise Conflict(TAKEN, field="name")
        row = Role(name=name, title=title, description=description, builtin=builtin)
        _add(session, row, Tag.ROLE_CREATED, f"role:{name}")
        return row


def delete_role(role: Role) -> None:
    """Delete a role that did not come with the house."""
    with transaction() as session:
        if role.builtin:
            raise Conflict(BUILT_IN)
        session.delete(role)
        record(Tag.ROLE_DELETED, subject=f"role:{role.name}")


def add_to_role(role: Role, identifier: str, permission: str) -> None:
    """Give a role a permission of an API."""
    with transaction() as session:
        _check_own(role)
        pair = {"role_id": role.id, "permission_id": _get_permission(get_api(identifier), permission).id}
        if session.execute(select(role_permissions).filter_by(**pair)).first():
            return
        session.execute(insert(role_permissions).values(pair))
        record(Tag.ROLE_PERMISSION_ADDED, subject=f"role:{role.name}", api=identifier, permission=permission)


def take_from_role(role: Role, identifier: str, permission: str) -> None:
    """Take a permission of an API from a role."""
    with transaction() as session:
        _check_own(role)
        pair = {"role_id": role.id, "permission_id": _get_permission(get_api(identifier), permission).id}
        session.execute(delete(role_permissions).filter_by(**pair))
        record(Tag.ROLE_PERMISSION_REMOVED, subject=f"role:{role.name}", api=identifier, permission=permission)


def create_group(name: str, *, title: str = "") -> Group:
    """Make a group."""
    _check_name(name)
    with transaction() as session:
        if session.execute(select(Group.id).where(Group.name == name)).first():
            raise Conflict(TAKEN, field="name")
        row = Group(name=name, title=title)
        _add(session, row, Tag.GROUP_CREATED, f"group:{name}")
        return row


def permissions_of_role(role_id: str) -> list[tuple[str, str]]:
    """List a role's permissions as pairs of API identifier and name."""
    query = (
        select(Api.identifier, Permission.name)
        .join(Permission, Permission.api_id == Api.id)
        .join(role_permissions, role_permissions.c.permission_id == Permission.id)
        .where(role_permissions.c.role_id == role_id)
        .order_by(Api.identifier, Permission.name)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def add_member(group: Group, user_id: str) -> None:
    """Put a person into a group."""
    with transaction() as session:
        pair = {"group_id": group.id, "user_id": user_id}
        if session.execute(select(group_members).filter_by(**pair)).first():
            return
        session.execute(insert(group_members).values(pair))
        record(Tag.GROUP_MEMBER_ADDED, subject=f"user:{user_id}", group=group.name)


def add_role_to_group(group: Group, role: Role) -> None:
    """Give a group a role."""
    with transaction() as session:
        pair = {"group_id": group.id, "role_id": role.id}
        if session.execute(select(group_roles).filter_by(**pair)).first():
            return
        session.execute(insert(group_roles).values(pair))
        record(Tag.GROUP_ROLE_ADDED, subject=f"group:{group.name}", role=role.name)


def _add(session: Any, row: Any, tag: Tag, subject: str, **detail: Any) -> None:
    session.add(row)
    session.flush()
    record(tag, subject=subject, **detail)


def _find_api(identifier: str) -> Api | None:
    return db.session.execute(select(Api).where(Api.identifier == identifier)).scalar_one_or_none()


def _permissions(api_id: str) -> list[Permission]:
    return list(db.session.execute(select(Permission).where(Permission.api_id == api_id)).scalars())


def _get_permission(api: Api, name: str) -> Permission:
    found = next((row for row in _permissions(api.id) if row.name == name), None)
    if found is None:
        raise NotFound(NO_PERMISSION)
    return found


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise DomainError(BAD_NAME, field="name")


def _check_own(role: Role) -> None:
    if role.builtin:
        raise Conflict(BUILT_IN)
