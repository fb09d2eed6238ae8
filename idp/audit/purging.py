"""Remove the oldest events, a part at a time from the beginning of the kept chain: never one out of its middle.

What goes is what was chained before the first event that is not old enough. Events of nearly the same moment may be
chained in another order than they happened, so a few old ones may stay until the next purge.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import delete, func, select

from idp.audit.chain import head, verify_events
from idp.audit.models import Event
from idp.audit.origin import find_origin, move_origin
from idp.core.db import db, transaction
from idp.core.errors import DomainError
from idp.core.holding import Held, hold

_NEAR = 1000
"""Among so many events from a moment on the one that was chained first is looked for."""


class BrokenChain(DomainError):
    """The chain does not hold where something would be removed: nothing is, for it may be all that shows it."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the chain breaks at position {position}")
        self.position = position


@dataclass(frozen=True)
class Going:
    """What a purge would remove."""

    after: int
    """The place after which the kept chain begins now."""
    upto: int
    """The last place that goes."""
    first_at: datetime | None = None
    """Moment of the first event that goes, and of the last."""
    last_at: datetime | None = None

    @property
    def events(self) -> int:
        """How many go."""
        return self.upto - self.after


def count_going(before: datetime) -> Going:
    """Count by their places what would go of before a moment; the purge itself stops at the very event."""
    origin = find_origin()
    near = select(Event.position).where(Event.at >= before, Event.position.is_not(None))
    near_rows = near.order_by(Event.at, Event.id).limit(_NEAR).subquery()
    first = db.session.execute(select(func.min(near_rows.c.position))).scalar()
    upto = max(origin.position, head()[0] if first is None else first - 1)
    return Going(origin.position, upto, _moment_at(origin.position + 1, upto), _moment_at(upto, upto))


def first_kept(before: datetime, after: int, upto: int) -> int | None:
    """Return the first place within some that is not old enough, or None."""
    query = select(func.min(Event.position)).where(Event.position > after, Event.position <= upto, Event.at >= before)
    return db.session.execute(query).scalar()


def remove_part(before: datetime, upto: int, most: int) -> int:
    """Check and remove so many events at most from the beginning; return how many. Raises BrokenChain."""
    with transaction() as session:
        hold_still()
        origin = find_origin()
        query = select(Event).where(Event.position > origin.position, Event.position <= upto)
        rows = session.execute(query.order_by(Event.position).limit(most)).scalars()
        going = list(takewhile(lambda event: event.at < before, rows))
        verdict = verify_events(going, origin)
        _forget(going)
        if verdict.first_bad is not None:
            raise BrokenChain(verdict.first_bad)
        if not going:
            return 0
        gone = delete(Event).where(Event.position > origin.position, Event.position <= verdict.sealed)
        session.execute(gone.execution_options(synchronize_session=False))
        newest = max(event.at for event in going)
        move_origin(verdict.sealed, verdict.head, max(newest, origin.newest_at or newest))
    return len(going)


def hold_still() -> None:
    """Let nobody else begin or go on with a purge until the present transaction ends."""
    hold(Held.PURGE)


def _forget(events: Iterable[Event]) -> None:
    for event in events:
        db.session.expunge(event)


def _moment_at(position: int, upto: int) -> datetime | None:
    if position > upto:
        return None
    return db.session.execute(select(Event.at).where(Event.position == position)).scalar()
