"""The little that access rules need of a person.

The rows of `users` belong to a slice above, so the table is named here and its model is not imported.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, column, or_, select, table, union

from idp.access.derived.inheritance import below, ids_above, spread
from idp.access.errors import NO_USER, NotFound
from idp.access.models import Role, group_members, group_roles, user_roles
from idp.core.db import db

users = table(
    "users", column("id"), column("email"), column("email_normalised"), column("username"), column("state"),
    column("locked_at"),
)  # fmt: skip


def get_person(name: str) -> str:
    """Return the id of the person of an id, e-mail address or user name; raise NotFound."""
    text = name.strip()
    found = db.session.execute(
        select(users.c.id).where(
            or_(users.c.id == text, users.c.email_normalised == text.lower(), users.c.username == text.lower())
        )
    ).scalar()
    if found is None:
        raise NotFound(NO_USER)
    return str(found)


def person_exists(user_id: str) -> bool:
    """Tell whether there is a person of an id."""
    return db.session.execute(select(users.c.id).where(users.c.id == user_id)).first() is not None


def role_ids_of(user_id: Any) -> Select[tuple[str]]:
    """Select the ids of a person's roles: direct, by groups, and those that these include."""
    direct = select(user_roles.c.role_id).where(user_roles.c.user_id == user_id)
    by_group = (
        select(group_roles.c.role_id)
        .join(group_members, group_members.c.group_id == group_roles.c.group_id)
        .where(group_members.c.user_id == user_id)
    )
    return below(select(union(direct, by_group).subquery().c.role_id))


def direct_roles_of(user_id: str) -> list[str]:
    """Return the roles that a person was given themselves, in order."""
    query = select(Role.name).join(user_roles, user_roles.c.role_id == Role.id)
    return list(db.session.execute(query.where(user_roles.c.user_id == user_id).order_by(Role.name)).scalars())


def roles_of_people(user_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the roles of several people, in order: direct, by groups, and those that these include."""
    direct = select(user_roles.c.user_id, user_roles.c.role_id).where(user_roles.c.user_id.in_(user_ids))
    by_group = select(group_members.c.user_id, group_roles.c.role_id).join(
        group_roles, group_roles.c.group_id == group_members.c.group_id
    )
    given = union(direct, by_group.where(group_members.c.user_id.in_(user_ids))).subquery()
    held = spread(select(given.c.user_id, given.c.role_id))
    query = select(held.c.user_id, Role.name).join(Role, Role.id == held.c.role_id).order_by(Role.name)
    found: dict[str, list[str]] = {}
    for user_id, name in db.session.execute(query):
        found.setdefault(user_id, []).append(name)
    return found


def holders_of(role_name: str) -> Select[tuple[str]]:
    """Select the ids of the people who have a role: directly, by a group, or by a role that includes it."""
    # Few ids, read first: by them the indexes find the people, however many there are.
    roles = ids_above(role_name)
    direct = select(user_roles.c.user_id).where(user_roles.c.role_id.in_(roles))
    by_group = (
        select(group_members.c.user_id)
        .join(group_roles, group_roles.c.group_id == group_members.c.group_id)
        .where(group_roles.c.role_id.in_(roles))
    )
    found = union(direct, by_group).subquery()
    return select(found.c.user_id)


def direct_holders_of(role_name: str) -> Select[tuple[str]]:
    """Select the ids of the people who were given a role themselves."""
    role = select(Role.id).where(Role.name == role_name).scalar_subquery()
    return select(user_roles.c.user_id).where(user_roles.c.role_id == role)


def members_of(group_id: str) -> Select[tuple[str]]:
    """Select the ids of the people in a group."""
    return select(group_members.c.user_id).where(group_members.c.group_id == group_id)


def emails_of(query: Select[tuple[str]]) -> list[tuple[str, str]]:
    """Return id and address of the people a query selects, by address."""
    rows = db.session.execute(
        select(users.c.id, users.c.email).where(users.c.id.in_(query)).order_by(users.c.email_normalised)
    )
    return [(row.id, row.email) for row in rows]
