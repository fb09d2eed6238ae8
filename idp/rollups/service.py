"""Count the trail by day, and read the counts.

Events are read in the order of the chain, where one that was committed late has a later place: each is counted once,
and the counts and how far they reach are written together, so that a crash in between neither loses nor doubles any.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select

from idp.audit.models import Event
from idp.audit.origin import find_origin
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.holding import Held, hold
from idp.rollups.models import DailyCount, RollUpPosition

SIGN_IN, METHOD, GRANT, CLIENT = "sign_in", "method", "grant", "client"
OK, FAILED = "ok", "failed"
_BATCH, _ROW = 5000, 1
_TOKENS = {Tag.TOKEN_ISSUED.value, Tag.TOKEN_REFRESHED.value}
_READ = select(Event.position, Event.at, Event.tag, Event.client_id, Event.detail)
_USUAL_DAYS, _TIMES, _FEWEST = 14, 3, 20


def count_events(most: int = 20) -> int:
    """Count what was chained since the last time, in batches of which each is one transaction; return how many."""
    done = 0
    for _number in range(most):
        found = _count_batch()
        done += found
        if found < _BATCH:
            break
    return done


def rebuild() -> int:
    """Count the kept trail again; return how many events it has in the chain.

    Days of which something was purged keep the counts they have.
    """
    while count_events():
        pass
    with transaction() as session:
        hold_still()
        session.execute(delete(DailyCount).where(DailyCount.day > _last_purged_day()))
        session.execute(delete(RollUpPosition))
    done = 0
    while found := count_events():
        done += found
    return done


def reached() -> int:
    """Return the place of the last event that was counted."""
    query = select(RollUpPosition.position).where(RollUpPosition.id == _ROW)
    return int(db.session.execute(query).scalar() or 0)


def counts(kind: str, days: int) -> dict[date, Counter[str]]:
    """Return the counts of each of the last days by name, days without any too."""
    today = now().date()
    found: dict[date, Counter[str]] = {today - timedelta(days=ago): Counter() for ago in reversed(range(days))}
    query = select(DailyCount.day, DailyCount.name, DailyCount.count)
    for day, name, count in db.session.execute(query.where(DailyCount.kind == kind, DailyCount.day >= min(found))):
        if day in found:
            found[day][name] = count
    return found


def most_counted(kind: str, days: int, most: int) -> list[tuple[str, int]]:
    """Return the names that were counted most in the last days, with their sums; summed where the rows are."""
    today, total = now().date(), func.sum(DailyCount.count)
    query = select(DailyCount.name, total).where(
        DailyCount.kind == kind, DailyCount.day > today - timedelta(days=days), DailyCount.day <= today
    )
    query = query.group_by(DailyCount.name).order_by(total.desc(), DailyCount.name).limit(most)
    return [(name, int(number)) for name, number in db.session.execute(query)]


def last_days(kind: str, names: Collection[str]) -> dict[str, date]:
    """Return the last day on which each of some names was counted."""
    query = select(DailyCount.name, func.max(DailyCount.day)).where(DailyCount.kind == kind, DailyCount.name.in_(names))
    return {row.name: row[1] for row in db.session.execute(query.group_by(DailyCount.name))}


def was_counted(kind: str, name: Any, since: date) -> ColumnElement[bool]:
    """Tell, inside a query of another table, whether a name was counted since a day."""
    # Asked row by row: as a join PostgreSQL would read the other table whole for the first page of a list.
    newest = select(func.max(DailyCount.day)).where(DailyCount.kind == kind, DailyCount.name == name)
    return func.coalesce(newest.scalar_subquery(), date.min) >= since


def spike() -> tuple[int, int] | None:
    """Return the failed sign-ins of today and of a usual day, when there are far more than usual; else None."""
    days = list(counts(SIGN_IN, _USUAL_DAYS + 1).values())
    today, usual = days[-1][FAILED], int(median(day[FAILED] for day in days[:-1]))
    return (today, usual) if today > max(_FEWEST, _TIMES * usual) else None


def _count_batch() -> int:
    with transaction() as session:
        hold_still()
        place = session.get(RollUpPosition, _ROW) or RollUpPosition(id=_ROW, position=0)
        query = _READ.where(Event.position > place.position).order_by(Event.position).limit(_BATCH)
        rows = session.execute(query).all()
        if not rows:
            return 0
        gone = _last_purged_day()
        found = Counter(key for row in rows if row.at.date() > gone for key in _keys(row))
        for (day, kind, name), number in sorted(found.items()):
            held = session.get(DailyCount, (day, kind, name)) or DailyCount(day=day, kind=kind, name=name, count=0)
            held.count += number
            session.add(held)
        place.position = rows[-1].position
        session.add(place)
    return len(rows)


def _keys(event: Any) -> Iterator[tuple[date, str, str]]:
    """Yield what an event counts for."""
    day, detail = event.at.date(), event.detail or {}
    if event.tag == Tag.LOGIN_FAILED.value:
        yield day, SIGN_IN, FAILED
    elif event.tag == Tag.LOGIN_SUCCEEDED.value:
        yield day, SIGN_IN, OK
        yield day, METHOD, " + ".join(detail.get("amr") or ["?"])[:200]
    elif event.tag in _TOKENS:
        yield day, GRANT, str(detail.get("grant_type") or "?").rpartition(":")[2][:200]
    else:
        return
    if event.client_id and event.tag != Tag.LOGIN_FAILED.value:
        yield day, CLIENT, event.client_id


def _last_purged_day() -> date:
    """Return the last day that is not whole any more: all of it was counted before the first of it was purged."""
    newest = find_origin().newest_at
    return newest.date() if newest else date.min


def hold_still() -> None:
    """Let nobody else count until the present transaction ends."""
    hold(Held.COUNTS)
