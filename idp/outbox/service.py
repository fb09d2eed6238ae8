"""Put deliveries into the caller's transaction, and deliver them from the worker.

There are two lanes. What goes to one server of our own choice, as mails do, is delivered one after the other. Calls go
to addresses that others named: a few are made at the same time, and none of them can hold up a mail.
"""

import json
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from idp.core.cipher import CipherError, seal, unseal
from idp.core.clock import now
from idp.core.context import CallContext, set_context
from idp.core.db import db, is_postgresql, transaction
from idp.core.retention import kept
from idp.core.secrets import new_id
from idp.outbox.models import Delivery

GIVE_UP_AFTER = timedelta(hours=24)
"""A delivery that still fails at this age, and was tried `FEWEST_TRIES` times, is dead."""
FEWEST_TRIES = 5
CALLERS = 8
"""Calls that one worker makes at the same time."""
_MOST_UNRESOLVED = 2
_LEASE = timedelta(minutes=3)
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=15)
_LONGEST_OUTAGE_WAIT = timedelta(seconds=10)
_KEPT = kept(_l("That a mail or a logout call arrived"), timedelta(days=7))
_DEAD_KEPT = kept(_l("Mails and logout calls that were given up"), timedelta(days=30))
_log = logging.getLogger("idp.outbox")

Handler = Callable[[dict[str, Any], str], None]
"""Delivers a payload; the second argument is the delivery's id, the same on every try."""
_handlers: dict[str, Handler] = {}
_calls: set[str] = set()
_mourners: dict[str, Handler] = {}


class Refused(Exception):
    """The other side will never take this delivery."""


class Unreachable(Exception):
    """The other side as a whole is down: this delivery is not to blame, and others need not be tried now."""


class Uncertain(Exception):
    """The other side went silent after it may have taken the delivery: at most one more try."""


@dataclass(frozen=True)
class _Job:
    id: str
    kind: str
    payload: str
    created_at: datetime
    expires_at: datetime | None
    attempts: int
    unresolved: int

    def load(self) -> dict[str, Any]:
        """Open the payload; raise CipherError when its key is not here."""
        value: dict[str, Any] = json.loads(unseal(self.payload, bound_to=_place(self.id)))
        return value


def handler(kind: str, *, calls: bool = False) -> Callable[[Handler], Handler]:
    """Register the function that delivers one kind; `calls` puts it into the lane of calls."""
    if calls:
        _calls.add(kind)
    return lambda function: _handlers.setdefault(kind, function)


def dead_letter(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that is told of a delivery of one kind that was given up."""
    return lambda function: _mourners.setdefault(kind, function)


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    expires_at: datetime | None = None,
    dedupe: str | None = None,
    subject: str | None = None,
) -> str:
    """Put a delivery into the caller's transaction; return its id.

    With `dedupe`, a second delivery of the same name is silently left out.
    """
    delivery_id, moment = new_id(), now()
    row = {
        "id": delivery_id,
        "kind": kind,
        "payload": seal(json.dumps(payload).encode(), bound_to=_place(delivery_id)),
        "dedupe": dedupe,
        "subject": subject,
        "created_at": moment,
        "due_at": moment,
        "expires_at": expires_at,
        "attempts": 0,
        "unresolved": 0,
    }
    with transaction() as session:
        if dedupe is None:
            session.execute(insert(Delivery).values(row))
        else:
            into = postgresql.insert if is_postgresql() else sqlite.insert
            session.execute(into(Delivery).values(row).on_conflict_do_nothing(index_elements=[Delivery.dedupe]))
    return delivery_id


def deliver_due(limit: int = 100) -> int:
    """Try what is due outside the lane of calls, one after the other; return how many were tried.

    It stops early when the other side as a whole is down.
    """
    return _deliver_lane(Delivery.kind.not_in(_calls), limit)


def deliver_calls(limit: int = 400) -> int:
    """Make the calls that are due, `CALLERS` at the same time; return how many were tried."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001

    def work() -> int:
        with app.app_context():
            set_context(CallContext(actor="worker"))
            return _deliver_lane(Delivery.kind.in_(_calls), limit // CALLERS)

    if not db.session.execute(select(Delivery.id).where(_due(now()), Delivery.kind.in_(_calls)).limit(1)).scalar():
        return 0
    with ThreadPoolExecutor(CALLERS, thread_name_prefix="idp-calls") as callers:
        return sum(future.result() for future in [callers.submit(work) for _number in range(CALLERS)])


def _deliver_lane(lane: ColumnElement[bool], limit: int) -> int:
    tried, goes_on = 0, True
    while goes_on and tried < limit and (job := _claim(lane)):
        goes_on = _deliver(job)
        tried += 1
    return tried


def list_calls(
    *, kind: str, subject: str | None = None, outcome: str | None = None, older: str = "", newer: str = "", limit: int
) -> list[Delivery]:
    """List the calls of one kind, newest first; `outcome` is `waiting`, `delivered`, `expired` or `dead`.

    They are older than one id, or newer than another: then the nearest come first.
    """
    order = Delivery.id.asc() if newer else Delivery.id.desc()
    query = select(Delivery).where(Delivery.kind == kind).order_by(order).limit(limit)
    if subject:
        query = query.where(Delivery.subject == subject)
    if outcome:
        query = query.where(Delivery.outcome == outcome if outcome != "waiting" else Delivery.outcome.is_(None))
    if older:
        query = query.where(Delivery.id < older)
    if newer:
        query = query.where(Delivery.id > newer)
    return list(db.session.execute(query).scalars())


def retry(delivery_id: str, *, kind: str) -> str | None:
    """Make a call that waits or was given up due now; return its subject, or None when there is no such call."""
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.kind == kind, Delivery.payload.is_not(None))
        .where(Delivery.outcome.is_(None) | (Delivery.outcome == "dead"))
        .values(outcome=None, finished_at=None, due_at=now(), created_at=now(), attempts=0, unresolved=0)
        .returning(Delivery.subject)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        return session.execute(statement).scalar()


def counts() -> dict[str, int]:
    """Count the deliveries that wait and those that were given up."""
    rows = db.session.execute(select(Delivery.outcome, func.count()).group_by(Delivery.outcome)).all()
    found = {outcome or "waiting": number for outcome, number in rows}
    return {name: found.get(name, 0) for name in ("waiting", "delivered", "expired", "dead")}


def sweep() -> int:
    """Delete what was finished long ago; return how many."""
    moment = now()
    old = (Delivery.outcome.in_(["delivered", "expired"]) & (Delivery.finished_at < moment - _KEPT)) | (
        (Delivery.outcome == "dead") & (Delivery.finished_at < moment - _DEAD_KEPT)
    )
    with transaction() as session:
        return int(session.execute(delete(Delivery).where(old)).rowcount)  # type: ignore[attr-defined]


def _due(moment: datetime) -> ColumnElement[bool]:
    return Delivery.outcome.is_(None) & (Delivery.due_at <= moment)


def _claim(lane: ColumnElement[bool]) -> _Job | None:
    """Take one due delivery of a lane for this worker alone, in one statement.

    The try counts as unresolved until its end is known: a worker that dies in the middle has counted it already.
    """
    moment = now()
    waiting = _due(moment) & lane
    due = select(Delivery.id).where(waiting).order_by(Delivery.due_at, Delivery.id).limit(1)
    statement = (
        update(Delivery)
        .where(Delivery.id == due.with_for_update(skip_locked=True).scalar_subquery(), waiting)
        .values(due_at=moment + _LEASE, attempts=Delivery.attempts + 1, unresolved=Delivery.unresolved + 1)
        .returning(*(getattr(Delivery, field.name) for field in fields(_Job)))
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        row = session.execute(statement).first()
    return _Job(*row) if row else None


def _deliver(job: _Job) -> bool:
    """Deliver one and write down how it ended; return whether others are worth a try now."""
    if job.expires_at and job.expires_at <= now():
        _finish(job, "expired")
    elif job.unresolved > _MOST_UNRESOLVED:
        _give_up(job, "nobody knows whether earlier tries arrived")
    else:
        return _try(job)
    return True


def _try(job: _Job) -> bool:
    try:
        _handlers[job.kind](job.load(), job.id)
    except Refused as error:
        _give_up(job, str(error))
    except Uncertain as error:
        _retry(job, str(error), resolved=False)
    except Unreachable as error:
        _retry(job, str(error), longest=_LONGEST_OUTAGE_WAIT)
        return False
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the delivery is tried again
        _retry(job, f"{type(error).__name__}: {error}")
    else:
        _finish(job, "delivered")
    return True


def _retry(job: _Job, reason: str, *, resolved: bool = True, longest: timedelta = _LONGEST_WAIT) -> None:
    if job.attempts >= FEWEST_TRIES and now() - job.created_at >= GIVE_UP_AFTER:
        _give_up(job, reason)
        return
    _log.warning("delivery %s (%s) failed at try %d: %s", job.id, job.kind, job.attempts, reason)
    values = {
        "due_at": now() + _wait(job.attempts, longest),
        "unresolved": Delivery.unresolved - int(resolved),
        "last_error": reason[:200],
    }
    with transaction() as session:
        session.execute(update(Delivery).where(Delivery.id == job.id, Delivery.outcome.is_(None)).values(values))


def _give_up(job: _Job, reason: str) -> None:
    _log.error("delivery %s (%s) given up after %d tries: %s", job.id, job.kind, job.attempts, reason)
    with transaction():
        _finish(job, "dead", reason)
        if mourner := _mourners.get(job.kind):
            with suppress(CipherError):
                mourner(job.load(), job.id)


def _finish(job: _Job, outcome: str, reason: str | None = None) -> None:
    values: dict[str, Any] = {"outcome": outcome, "finished_at": now(), "payload": None}
    if outcome == "dead" and job.kind in _calls:
        # A call that was given up can be asked for again: see `retry`.
        del values["payload"]
    if reason:
        values["last_error"] = reason[:200]
    with transaction() as session:
        session.execute(update(Delivery).where(Delivery.id == job.id, Delivery.outcome.is_(None)).values(values))


def _wait(attempts: int, longest: timedelta) -> timedelta:
    """Double the wait with each try, and spread it, so that a recovered server is not hit by all at once."""
    wait = min(longest, _FIRST_WAIT * 2 ** min(attempts - 1, 20))
    return wait * (0.5 + secrets.randbelow(500) / 1000)


def _place(delivery_id: str) -> str:
    return f"outbox_deliveries:payload:{delivery_id}"
