"""Publish changes in the transaction that makes them; read new ones before a cache is used."""

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, delete, func, insert, select

from idp.core.clock import now
from idp.core.db import single_statements, skip_numbers, transaction
from idp.core.holding import Held, hold
from idp.core.retention import kept
from idp.feed.models import Change

Listener = Callable[[str], None]

_EXTENSION = "idp.feed"
_KEPT = kept(_l("What servers tell each other of changes"), timedelta(days=1))
_listeners: dict[str, list[Listener]] = defaultdict(list)
_READ = (
    select(Change.id, Change.kind, Change.subject).where(Change.id > bindparam("last")).order_by(Change.id)
)  # fmt: skip


class _Position:
    """How far this process has read."""

    def __init__(self) -> None:
        self.last: int | None = None
        self.lock = threading.Lock()


def on_change(kind: str) -> Callable[[Listener], Listener]:
    """Register a function that is called with the subject of every change of a kind."""

    def register(listener: Listener) -> Listener:
        _listeners[kind].append(listener)
        return listener

    return register


def publish(kind: str, subject: str) -> None:
    """Tell every process of a change, when the present transaction commits."""
    with transaction() as session:
        # Ids must become visible in their order, or a reader would pass over one that commits late.
        hold(Held.FEED)
        session.execute(insert(Change).values(kind=kind, subject=subject, at=now()))


def sync() -> None:
    """Read the changes since the last call and tell the caches; one small query."""
    position = _position()
    if position.last is None:
        _start(position)
        return
    with single_statements() as connection:
        changes = connection.execute(_READ, {"last": position.last}).all()
    for number, kind, subject in changes:
        for listener in _listeners[kind]:
            listener(subject)
        with position.lock:
            position.last = max(position.last, number)


def restart(last: int) -> None:
    """Go on after the number that was reached before the table was set back; every process forgets all it remembers.

    One that runs on has read up to `last`, and would not look at smaller numbers.
    """
    with transaction() as session:
        hold(Held.FEED)
        number = max(last, session.execute(select(func.max(Change.id))).scalar() or 0)
        for kind in sorted(_listeners):
            number += 1
            session.execute(insert(Change).values(id=number, kind=kind, subject="*", at=now()))
        skip_numbers(Change.__tablename__, max(number, 1))


def newest() -> int:
    """Return the number of the newest change, 0 where there is none."""
    with single_statements() as connection:
        return connection.execute(select(func.max(Change.id))).scalar() or 0


def sweep() -> int:
    """Delete changes that every process has read long ago; the newest stays, so that ids never start again."""
    with transaction() as session:
        last = select(func.max(Change.id)).scalar_subquery()
        result = session.execute(delete(Change).where(Change.at < now() - _KEPT, Change.id < last))
        return int(result.rowcount)  # type: ignore[attr-defined]


def _start(position: _Position) -> None:
    # Caches filled before the first look could be stale already: forget them all.
    reached = newest()
    for listeners in _listeners.values():
        for listener in listeners:
            listener("*")
    with position.lock:
        position.last = reached


def _position() -> _Position:
    value: _Position = current_app.extensions.setdefault(_EXTENSION, _Position())
    return value
