"""Lists of people, in any order, filtered and searched: each page is found through an index, however many there are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from idp.access.people import holders_of
from idp.accounts.models import User
from idp.core.db import db
from idp.core.keyset import Key, begins_with, by_bytes, count_rows, count_some, lowered, page_of
from idp.core.secrets import first_id

SORTS = ("created", "email", "name")
STATES = ("active", "unverified", "locked", "disabled", "invited", "deleting")
_MOST_MATCHES = 300
"""How many matches of one column a search looks at: whoever sees more than a few pages types another letter."""


@dataclass(frozen=True)
class Wanted:
    """Which people, in which order, beside whom."""

    search: str = ""
    """The start of an address, a name, a user name or an external id."""
    external_id: str = ""
    """Who has exactly this external id."""
    ids: tuple[str, ...] | None = None
    """Exactly these people; None for everybody."""
    state: str = ""
    role: str = ""
    second_step: bool | None = None
    since: datetime | None = None
    """The first moment of their births, and the first one after."""
    until: datetime | None = None
    sort: str = "created"
    descending: bool = False
    after: str = ""
    """The id of the person before the first one."""
    before: str = ""
    """The id of the person after the last one; then the nearest come first."""
    limit: int = 50


def find_people(wanted: Wanted) -> list[User]:
    """List people."""
    keys = _keys(wanted.sort)
    beside = _beside(wanted.before or wanted.after, keys)
    query = _filtered(select(User), wanted)
    if wanted.search:
        query = query.where(User.id.in_(_matches(wanted)))
    page = page_of(
        query, keys, beside, descending=wanted.descending, backwards=bool(wanted.before), limit=wanted.limit
    )  # fmt: skip
    return list(db.session.execute(page).scalars())


def count_people(wanted: Wanted, most: int) -> int | None:
    """Count whom a list means, up to `most` and one; None where no index tells and counting would read everybody."""
    if wanted.search or wanted.second_step is False or (wanted.second_step and wanted.state):
        return None
    if not wanted.role:
        return count_some(_filtered(select(User.id), wanted), User.id, most)
    if wanted.state or wanted.since or wanted.until or wanted.second_step or wanted.external_id:
        return None
    return count_rows(holders_of(wanted.role), most)


def whole(wanted: Wanted) -> Select[Any]:
    """Select everybody a list means, on whatever page, in no order."""
    query = _filtered(select(User), wanted)
    starts = [begins_with(column, start) for column, start in _searched(wanted)] if wanted.search else []
    return query.where(or_(*starts)) if starts else query


def _keys(sort: str) -> list[Key]:
    # An id begins with the moment of its birth.
    mine: dict[str, list[Any]] = {
        "email": [by_bytes(User.email_normalised)],
        "name": [by_bytes(func.lower(User.name)), User.id],
    }
    return mine.get(sort, [User.id])


def _beside(user_id: str, keys: list[Key]) -> list[Any] | None:
    """Read where in the order a person stands; somebody who is gone has no place, and the list begins anew."""
    if not user_id:
        return None
    if len(keys) == 1 and keys[0] is User.id:
        return [user_id]
    row = db.session.execute(select(*keys).where(User.id == user_id)).first()
    return list(row) if row else None


def _filtered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    states: dict[str, ColumnElement[bool]] = {
        "unverified": User.email_verified_at.is_(None),
        "locked": User.locked_at.is_not(None),
    }
    if wanted.state:
        query = query.where(states.get(wanted.state, User.state == wanted.state))
    if wanted.external_id:
        query = query.where(User.external_id == wanted.external_id)
    if wanted.ids is not None:
        query = query.where(User.id.in_(wanted.ids))
    if wanted.role:
        query = query.where(User.id.in_(holders_of(wanted.role)))
    # An id begins with the moment of its birth, so that the range lies in the order of the list.
    if wanted.since:
        query = query.where(User.id >= first_id(wanted.since))
    if wanted.until:
        query = query.where(User.id < first_id(wanted.until))
    if wanted.second_step is not None:
        has = User.second_step_since
        query = query.where(has.is_not(None) if wanted.second_step else has.is_(None))
    return query


def _matches(wanted: Wanted) -> set[str]:
    """Return the ids of those whom a search means: one read of an index for each column, put together here."""
    found = set[str]()
    for column, start in _searched(wanted):
        query = _filtered(select(User.id).where(begins_with(column, start)), wanted)
        found.update(db.session.execute(query.order_by(by_bytes(column)).limit(_MOST_MATCHES)).scalars())
    return found


def _searched(wanted: Wanted) -> list[tuple[Any, str]]:
    """Return the columns a search looks at, and how each begins."""
    typed = wanted.search.lower()
    return [(User.email_normalised, typed), (func.lower(User.name), lowered(wanted.search)), (User.username, typed),
            (User.external_id, wanted.search)]  # fmt: skip
