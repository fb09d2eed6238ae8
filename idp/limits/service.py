"""Count a try before it is evaluated, and say how long to wait."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Case, ColumnElement, case, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.core.clock import now
from idp.core.db import UTCDateTime, db, is_postgresql, transaction, write
from idp.core.errors import TooMany
from idp.core.retention import kept
from idp.core.secrets import digest
from idp.limits.models import Counter
from idp.limits.policy import Limit

_MEMORY = kept(_l("Counts of wrong tries"), timedelta(hours=24))
"""How long strikes are remembered after the last try."""
_NEVER = timedelta(days=1)
_MESSAGE = _l("Too many tries. Wait a little, then try again.")


def take(limit: Limit, key: str) -> None:
    """Count one try for a key, in one statement; raise TooMany when it may not be evaluated.

    The count is committed before the guess is looked at: parallel guesses and a crash cannot win tries.
    """
    moment = now()
    row_key = _row_key(limit, key)
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    fresh = Counter.resets_at <= moment
    count = case((fresh, 1), else_=Counter.count + 1)
    statement = (
        insert(Counter)
        .values(
            key=row_key, count=1, strikes=0, total=1,
            resets_at=moment + limit.window, forget_at=moment + _MEMORY,
        )
        .on_conflict_do_update(
            index_elements=[Counter.key],
            set_={
                "count": count,
                "total": case((Counter.forget_at <= moment, 1), else_=Counter.total + 1),
                "strikes": _strikes(limit, moment, count),
                "resets_at": _resets_at(limit, moment, count),
                "forget_at": moment + _MEMORY,
            },
        )
        .returning(Counter.count.label("tries"), Counter.total, Counter.resets_at)
    )  # fmt: skip
    row = write(statement)[0]
    if limit.ceiling is not None and row.total > limit.ceiling:
        raise TooMany(int(_NEVER.total_seconds()), _MESSAGE)
    if row.tries > limit.tries:
        raise TooMany(_seconds(row.resets_at - moment), _MESSAGE, begins=row.tries == limit.tries + 1)


def check(limit: Limit, key: str) -> None:
    """Raise TooMany when the tries of a key are used up; count nothing."""
    if (until := held_until(limit, key)) is not None:
        raise TooMany(_seconds(until - now()), _MESSAGE)


def held_until(limit: Limit, key: str) -> datetime | None:
    """Return when a try of a key is looked at again, None when one would be now; count nothing."""
    moment = now()
    row = db.session.execute(
        select(Counter.count.label("tries"), Counter.total, Counter.resets_at, Counter.forget_at).where(
            Counter.key == _row_key(limit, key)
        )
    ).first()
    if row is None:
        return None
    if limit.ceiling is not None and row.total >= limit.ceiling and row.forget_at > moment:
        return row.forget_at
    return row.resets_at if row.tries >= limit.tries and row.resets_at > moment else None


def clear(limit: Limit, key: str) -> None:
    """Forget the tries of a key, after a success."""
    write(delete(Counter).where(Counter.key == _row_key(limit, key)))


def sweep() -> int:
    """Delete counters that no longer limit anything; return how many."""
    with transaction() as session:
        result = session.execute(delete(Counter).where(Counter.forget_at <= now(), Counter.resets_at <= now()))
        return int(result.rowcount)  # type: ignore[attr-defined]


def _strikes(limit: Limit, moment: datetime, count: Case[int]) -> ColumnElement[int]:
    remembered = case((Counter.forget_at <= moment, 0), else_=Counter.strikes)
    return case((count == limit.tries + 1, remembered + 1), else_=remembered)


def _resets_at(limit: Limit, moment: datetime, count: Case[int]) -> ColumnElement[datetime]:
    """Start the wait at the first try too many; a try within the wait does not prolong it."""
    strikes = case((Counter.forget_at <= moment, 0), else_=Counter.strikes)
    steps = [(strikes == index, _moment(moment + wait)) for index, wait in enumerate(limit.waits[:-1])]
    last = _moment(moment + limit.waits[-1])
    wait_until = case(*steps, else_=last) if steps else last
    return case(
        (Counter.resets_at <= moment, _moment(moment + limit.window)),
        (count == limit.tries + 1, wait_until),
        else_=Counter.resets_at,
    )


def _moment(value: datetime) -> ColumnElement[datetime]:
    return literal(value, UTCDateTime)


def _row_key(limit: Limit, key: str) -> str:
    return digest(f"{limit.name}:{key}")


def _seconds(wait: timedelta) -> int:
    return max(1, int(wait.total_seconds() + 0.999))
