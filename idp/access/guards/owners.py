"""The last owner stays: no act, and no two acts at once, may leave the house without an owner who can sign in."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select

from idp.access.errors import LastOwner
from idp.access.people import holders_of, users
from idp.access.permissions import OWNER
from idp.core.db import db, transaction
from idp.core.holding import Held, hold


@contextmanager
def owner_kept() -> Iterator[None]:
    """Do something that may take an owner away; raise LastOwner, and undo it, when none is left."""
    with transaction():
        lock_owners()
        had_one = count_owners() > 0
        yield
        db.session.flush()
        if had_one:
            check_owner_remains()


def lock_owners() -> None:
    """Let one transaction at a time change who is an owner; what comes after sees what came before."""
    hold(Held.OWNERS)


def check_owner_remains() -> None:
    """Raise LastOwner when no owner is left who can sign in; called inside the transaction of the change."""
    if count_owners() == 0:
        raise LastOwner


def is_last_owner(user_id: str) -> bool:
    """Tell whether a person is an owner and nobody else who can sign in is."""
    holds = db.session.execute(
        select(users.c.id).where(users.c.id == user_id, users.c.id.in_(holders_of(OWNER)))
    ).first()
    return holds is not None and count_owners(without=user_id) == 0


def list_owner_ids() -> list[str]:
    """List the ids of the people who are owners."""
    return list(db.session.execute(select(users.c.id).where(users.c.id.in_(holders_of(OWNER)))).scalars())


def count_owners(*, without: str | None = None) -> int:
    """Count the owners who can sign in."""
    query = (
        select(func.count())
        .select_from(users)
        .where(users.c.id.in_(holders_of(OWNER)), users.c.state == "active", users.c.locked_at.is_(None))
    )
    if without is not None:
        query = query.where(users.c.id != without)
    return int(db.session.execute(query).scalar_one())
