"""The giving and taking of roles, to people and to groups, and who belongs to a group."""

from typing import Any

from sqlalchemy import Table, delete
from sqlalchemy.dialects import postgresql, sqlite

from idp.access.catalogue import get_group, get_role
from idp.access.errors import NO_USER, NotFound
from idp.access.guards.level import check_may_give_group, check_may_give_roles, roles_of_group
from idp.access.guards.owners import owner_kept
from idp.access.models import group_members, group_roles, user_roles
from idp.access.people import person_exists
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import db, is_postgresql, transaction


def grant_role(user_id: str, role: str, *, actor: str | None = None) -> bool:
    """Give a person a role; return False when they have it already. Raises NotFound, Forbidden."""
    role_id = get_role(role).id
    check_may_give_roles([role], actor=actor, to=user_id)
    with transaction():
        _check_person(user_id)
        given = _add(user_roles, user_id=user_id, role_id=role_id)
        if given:
            record(Tag.ROLE_GRANTED, actor=actor, subject=f"user:{user_id}", role=role)
        return given


def revoke_role(user_id: str, role: str, *, actor: str | None = None) -> bool:
    """Take a role away; return False when they did not have it. Raises LastOwner, NotFound, Forbidden."""
    role_id = get_role(role).id
    check_may_give_roles([role], actor=actor, to=user_id)
    with owner_kept():
        taken = _remove(user_roles, user_id=user_id, role_id=role_id)
        if taken:
            record(Tag.ROLE_REVOKED, actor=actor, subject=f"user:{user_id}", role=role)
        return taken


def add_member(group: str, user_id: str, *, actor: str | None = None) -> bool:
    """Put a person into a group; return False when they are in it already. Raises NotFound, Forbidden."""
    group_id = get_group(group).id
    check_may_give_roles(roles_of_group(group_id), actor=actor, to=user_id)
    with transaction():
        _check_person(user_id)
        added = _add(group_members, group_id=group_id, user_id=user_id)
        if added:
            record(Tag.GROUP_MEMBER_ADDED, actor=actor, subject=f"user:{user_id}", group=group)
        return added


def remove_member(group: str, user_id: str, *, actor: str | None = None) -> bool:
    """Take a person out of a group; return False when they were not in it. Raises LastOwner, NotFound, Forbidden."""
    group_id = get_group(group).id
    check_may_give_roles(roles_of_group(group_id), actor=actor, to=user_id)
    with owner_kept():
        removed = _remove(group_members, group_id=group_id, user_id=user_id)
        if removed:
            record(Tag.GROUP_MEMBER_REMOVED, actor=actor, subject=f"user:{user_id}", group=group)
        return removed


def grant_role_to_group(group: str, role: str, *, actor: str | None = None) -> bool:
    """Give every member of a group a role; return False when the group has it already. Raises NotFound, Forbidden."""
    group_id, role_id = get_group(group).id, get_role(role).id
    check_may_give_group([role], group_id, actor=actor)
    with transaction():
        given = _add(group_roles, group_id=group_id, role_id=role_id)
        if given:
            record(Tag.GROUP_ROLE_ADDED, actor=actor, subject=f"group:{group}", role=role)
        return given


def revoke_role_from_group(group: str, role: str, *, actor: str | None = None) -> bool:
    """Take a role from a group; return False when it did not have it. Raises LastOwner, NotFound, Forbidden."""
    group_id, role_id = get_group(group).id, get_role(role).id
    check_may_give_group([role], group_id, actor=actor)
    with owner_kept():
        taken = _remove(group_roles, group_id=group_id, role_id=role_id)
        if taken:
            record(Tag.GROUP_ROLE_REMOVED, actor=actor, subject=f"group:{group}", role=role)
        return taken


def delete_group(group: str, *, actor: str | None = None) -> None:
    """Delete a group; its people stay. Raises LastOwner, NotFound, Forbidden."""
    row = get_group(group)
    check_may_give_roles(roles_of_group(row.id), actor=actor)
    with owner_kept():
        db.session.delete(get_group(group))
        record(Tag.GROUP_DELETED, actor=actor, subject=f"group:{group}")


def _check_person(user_id: str) -> None:
    if not person_exists(user_id):
        raise NotFound(NO_USER)


def _add(pairs: Table, **pair: Any) -> bool:
    """Add a pair, in one statement, so that two who add it at once both succeed."""
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    statement = insert(pairs).values(pair).on_conflict_do_nothing().returning(*pairs.primary_key)
    return db.session.execute(statement).first() is not None


def _remove(pairs: Table, **pair: Any) -> bool:
    conditions = [pairs.c[name] == value for name, value in pair.items()]
    result = db.session.execute(delete(pairs).where(*conditions))
    return bool(result.rowcount)  # type: ignore[attr-defined]
