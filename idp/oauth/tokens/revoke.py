"""Revocation: one grant or many, in one statement, in the transaction of the act that asks for it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import transaction
from idp.oauth.tokens.models import Grant


def revoke_grants(
    reason: str,
    *,
    grant_id: str | None = None,
    user_id: str | None = None,
    client_id: str | None = None,
    session_id: str | None = None,
    online_only: bool = False,
    except_session_id: str | None = None,
) -> list[str]:
    """Revoke every live grant that fits all the given values, with all its codes and tokens; return their ids.

    At least one of grant, user, client and session must be named; raises ValueError otherwise.
    """
    chosen = {Grant.id: grant_id, Grant.user_id: user_id, Grant.client_id: client_id, Grant.session_id: session_id}
    conditions: list[ColumnElement[bool]] = [column == value for column, value in chosen.items() if value is not None]
    if not conditions:
        raise ValueError("name a grant, a user, a client or a session")
    if online_only:
        conditions.append(Grant.offline.is_(False))
    if except_session_id:
        conditions.append(_not_of(except_session_id))
    return _revoke(reason, conditions)


def revoke_next(reason: str, *, after: str, before: str, limit: int, except_session_id: str) -> str | None:
    """Revoke the next few live grants between two ids; return the id to go on after, None at the end."""
    query = select(Grant.id).where(Grant.id > after, Grant.id < before, Grant.revoked_at.is_(None))
    query = query.where(_not_of(except_session_id)).order_by(Grant.id).limit(limit)
    with transaction() as session:
        ids = list(session.execute(query).scalars())
        if ids:
            _revoke(reason, [Grant.id.in_(ids)])
    return ids[-1] if len(ids) == limit else None


def _not_of(session_id: str) -> ColumnElement[bool]:
    return or_(Grant.session_id.is_(None), Grant.session_id != session_id)


def _revoke(reason: str, conditions: Sequence[ColumnElement[bool]]) -> list[str]:
    statement = (
        update(Grant)
        .where(Grant.revoked_at.is_(None), *conditions)
        .values(revoked_at=now(), revoked_reason=reason)
        .returning(Grant.id, Grant.user_id, Grant.client_id, Grant.session_id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        revoked: list[Any] = list(session.execute(statement))
        if revoked:
            _record(revoked, reason)
    return [row.id for row in revoked]


def _record(revoked: list[Any], reason: str) -> None:
    """Write one event for all that fell together, however many they are."""
    first, alone = revoked[0], len(revoked) == 1
    record(
        Tag.GRANT_REVOKED,
        subject=f"grant:{first.id}" if alone else f"user:{first.user_id}",
        client_id=first.client_id if len({row.client_id for row in revoked}) == 1 else None,
        session_id=first.session_id if len({row.session_id for row in revoked}) == 1 else None,
        reason=reason,
        user=first.user_id if len({row.user_id for row in revoked}) == 1 else None,
        grants=len(revoked),
    )
