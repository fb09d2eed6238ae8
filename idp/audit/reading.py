"""Read the trail: a page of it, or all of it, newest or oldest first; every way in is an index.

Events are ordered by their moment, then by their number; a page goes on beside the event that ended the one before.
Who follows the trail reads in the order of the chain instead.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, select, tuple_, union_all

from idp.audit.groups import group_of, result_of
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.core.db import db, is_writing

_EXACT = ("actor", "subject", "client_id", "request_id", "session_id", "ip")
_BATCH = 1000
TEXT_WITHIN = 10_000
"""No index holds what details say: a text is looked for in so many events at most, of any kind, the newest ones that
the other conditions mean."""
Place = tuple[datetime, int]
"""Moment and number of an event."""


@dataclass(frozen=True)
class Wanted:
    """Which events; what is None or empty asks for nothing."""

    tag: str | None = None
    """An event, or the beginning of some with `*` at its end."""
    groups: tuple[str, ...] = ()
    """Groups of `idp.audit.groups`; an event of any of them is wanted."""
    result: str | None = None
    actor: str | None = None
    subject: str | None = None
    client_id: str | None = None
    request_id: str | None = None
    session_id: str | None = None
    ip: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is too late."""
    text: str | None = None
    """What the detail says somewhere, in any case; among the `TEXT_WITHIN` newest events of the other conditions."""


def find_event(event_id: int) -> Event | None:
    """Return one event, or None."""
    return db.session.get(Event, event_id)


def find_events(
    *,
    before_id: int | None = None,
    after_id: int | None = None,
    limit: int = 50,
    **wanted: Any,
) -> list[Event]:
    """List events, newest first; `wanted` are fields of `Wanted`. With `after_id`, the oldest of those after it."""
    forward = bool(after_id)
    beside = _beside(after_id if forward else before_id, oldest_first=forward)
    return _page(_bounded(Wanted(**wanted)), beside, oldest_first=forward, limit=limit)


def follow_events(*, after_id: int | None = None, limit: int = 50, **wanted: Any) -> list[Event]:
    """List events after one of them in the order in which they were chained; `wanted` are fields of `Wanted`.

    An event that is written late is chained late: who goes on after the last event they have passes none by.
    """
    asked = _bounded(Wanted(**wanted))
    query = select(Event).where(Event.position > _place_of(after_id), *_conditions(asked))
    if (names := _names(asked)) is not None:
        query = query.where(Event.tag.in_(names))
    return list(db.session.execute(query.order_by(Event.position).limit(limit)).scalars())


def _place_of(event_id: int | None) -> int:
    """Return the place after which to go on after an event; one that is gone or not chained yet by its number."""
    if event_id is None:
        return 0
    place = db.session.execute(select(Event.position).where(Event.id == event_id)).scalar()
    if place is not None:
        return place
    later = select(Event.position).where(Event.id > event_id, Event.position.is_not(None)).order_by(Event.id)
    first = db.session.execute(select(func.min(later.limit(_BATCH).subquery().c.position))).scalar()
    newest = db.session.execute(select(func.max(Event.position))).scalar()
    return (newest or 0) if first is None else first - 1


def iterate_events(wanted: Wanted | None = None, *, upto: int | None = None) -> Iterator[Event]:
    """Walk over events from the first, a batch at a time; `upto` is the number of the last one, while more come in."""
    wanted, more = _bounded(wanted or Wanted()), [Event.id <= upto] if upto is not None else []
    beside: list[ColumnElement[bool]] = []
    while rows := _page(wanted, [*more, *beside], oldest_first=True, limit=_BATCH):
        place = rows[-1].at, rows[-1].id
        yield from rows
        beside = _past(place, oldest_first=True)
        db.session.expunge_all()
        if not is_writing():
            # Whoever reads slowly holds no transaction meanwhile.
            db.session.rollback()


def newest_id() -> int:
    """Return the number of the newest event, 0 where there is none."""
    return int(db.session.execute(select(func.max(Event.id))).scalar() or 0)


def _bounded(wanted: Wanted) -> Wanted:
    """Let a search for a text begin no earlier than it may: the first condition finds that place along an index."""
    if not wanted.text:
        return wanted
    newest = _ordered(select(Event.at).where(*_conditions(replace(wanted, text=None))), oldest_first=False)
    first = db.session.execute(newest.offset(TEXT_WITHIN - 1).limit(1)).scalar()
    return replace(wanted, since=first) if first is not None else wanted


def _page(wanted: Wanted, beside: list[ColumnElement[bool]], *, oldest_first: bool, limit: int) -> list[Event]:
    conditions = [*_conditions(wanted), *beside]
    names = _names(wanted)
    narrow = any(getattr(wanted, name) is not None for name in _EXACT)
    if names is None or narrow or len(names) == 1:
        query = select(Event).where(*conditions)
        query = query if names is None else query.where(Event.tag.in_(names))
        return list(db.session.execute(_ordered(query, oldest_first=oldest_first).limit(limit)).scalars())
    return _merged(names, conditions, oldest_first=oldest_first, limit=limit)


def _merged(names: list[str], conditions: list[ColumnElement[bool]], *, oldest_first: bool, limit: int) -> list[Event]:
    """Take the first of each kind of event by its index, and of these the first: rare kinds are found at once, too."""
    if not names:
        return []
    ways = [
        _ordered(select(Event.id, Event.at).where(Event.tag == name, *conditions), oldest_first=oldest_first)
        .limit(limit)
        .subquery()
        for name in names
    ]
    found = union_all(*(select(way.c.id, way.c.at) for way in ways)).subquery()
    order = (found.c.at, found.c.id) if oldest_first else (found.c.at.desc(), found.c.id.desc())
    ids = list(db.session.execute(select(found.c.id).order_by(*order).limit(limit)).scalars())
    query = _ordered(select(Event).where(Event.id.in_(ids)), oldest_first=oldest_first)
    return list(db.session.execute(query).scalars())


def _ordered(query: Any, *, oldest_first: bool) -> Any:
    return query.order_by(*((Event.at, Event.id) if oldest_first else (Event.at.desc(), Event.id.desc())))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what is asked of an event beside its name."""
    found = [getattr(Event, name) == value for name in _EXACT if (value := getattr(wanted, name)) is not None]
    if wanted.since:
        found.append(Event.at >= wanted.since)
    if wanted.until:
        found.append(Event.at < wanted.until)
    if wanted.text:
        # As JSON keeps it: what is no ASCII is escaped there.
        kept = json.dumps(wanted.text)[1:-1].lower()
        found.append(func.lower(cast(Event.detail, Text)).contains(kept, autoescape=True))
    return found


def _names(wanted: Wanted) -> list[str] | None:
    """Return the names of the events that are wanted; None for all of them."""
    if not (wanted.tag or wanted.groups or wanted.result):
        return None
    tag = wanted.tag or "*"
    names = [name.value for name in Tag if name.value.startswith(tag[:-1])] if tag.endswith("*") else [tag]
    if wanted.groups:
        names = [name for name in names if group_of(name) in wanted.groups]
    if wanted.result:
        names = [name for name in names if result_of(name) == wanted.result]
    return names


def _beside(event_id: int | None, *, oldest_first: bool) -> list[ColumnElement[bool]]:
    """Let a page begin beside an event; where that is gone, its number says enough."""
    if event_id is None:
        return []
    at = db.session.execute(select(Event.at).where(Event.id == event_id)).scalar()
    if at is None:
        return [Event.id > event_id if oldest_first else Event.id < event_id]
    return _past((at, event_id), oldest_first=oldest_first)


def _past(place: Place, *, oldest_first: bool) -> list[ColumnElement[bool]]:
    ours, theirs = tuple_(Event.at, Event.id), tuple_(*place)
    # The first half is what an index of moments answers on every database.
    return [Event.at >= place[0], ours > theirs] if oldest_first else [Event.at <= place[0], ours < theirs]
