"""Count what a purge would remove, begin one, and do it in parts: first all of it is checked, then it is removed.

Nothing is removed where the chain does not hold in what would go, and nothing that the daily counts have not read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from idp.audit import chain, purging
from idp.audit.origin import find_origin
from idp.audit.purging import BrokenChain, Going, count_going
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.configuration.sections import SHORTEST_RETENTION, Audit
from idp.core.context import context, set_context
from idp.core.db import transaction
from idp.core.errors import Conflict, DomainError
from idp.core.settings import settings
from idp.jobs import service as jobs
from idp.jobs.errors import Abandoned
from idp.jobs.models import Job
from idp.jobs.service import Kind, Work, register
from idp.rollups import service as rollups

KIND, RETENTION = "purge", "audit.retention"
_CHECKED, _REMOVED = 1000, 250
"""How many events one step checks, and how many it removes: on SQLite nobody else writes meanwhile."""
_MOST = 2**31 - 1
_AGAIN = timedelta(days=1)
"""After this the retention tries again what broke off."""


def latest_day() -> date:
    """Return the last day before which events may be purged."""
    return (now() - SHORTEST_RETENTION).date()


def preview(before: date) -> Going:
    """Count what a purge of everything before a day (UTC) would remove; raise DomainError for a day too late."""
    if before > latest_day():
        raise DomainError(_l("Choose a day that is 30 days ago at least."), field="before")
    return count_going(_midnight(before))


def preview_of(retention: timedelta) -> Going:
    """Count what the retention would remove now; nothing is kept for good."""
    return count_going(_midnight(_day_of(retention)))


def count_under(retention: object) -> int:
    """Count what is purged within the hour once events are kept for so long; 0 for no such time, or the present one."""
    try:
        span = Audit.model_validate({"retention": retention}).retention
    except ValidationError:
        return 0
    return preview_of(span).events if span and span != settings().audit.retention else 0


def start(before: date) -> Job:
    """Let everything before a day be purged, in the name of who says so; return the job that does it.

    Raises DomainError for a day too late or nothing to purge, Conflict while a purge goes on.
    """
    preview(before)
    return _start(before, is_asked=True)


def keep_retention() -> Job | None:
    """Begin to purge what is older than events are kept, once a day at most; return the job that does it."""
    span, newest = settings().audit.retention, next(iter(list_purges(limit=1)), None)
    if not span or (newest and newest.state in jobs.OPEN):
        return None
    if newest and newest.state == jobs.FAILED and newest.created_at > now() - _AGAIN:
        return None
    if not preview_of(span).events:
        return None
    with _as_system():
        return _start(_day_of(span), is_asked=False)


def list_purges(*, limit: int = 20) -> list[Job]:
    """List the newest purges; what came of them is remembered for 30 days."""
    return jobs.list_jobs(KIND, limit=limit)


def find_open() -> Job | None:
    """Return the purge that goes on just now, or None."""
    return jobs.find_open(KIND)


def run(job: Job) -> Job:
    """Do a purge here and now, or wait for the worker that has it."""
    return jobs.finish(job)


def as_dict(job: Job) -> dict[str, Any]:
    """Return a purge as plain data."""
    return {
        "id": job.id, "before": job.result["before"], "state": job.state, "actor": job.actor, "events": job.total,
        "checked": job.result["checked"] - job.result["after"], "purged": job.done, "error": job.last_error,
        "created_at": job.created_at, "finished_at": job.finished_at,
    }  # fmt: skip


def _start(day: date, *, is_asked: bool) -> Job:
    with transaction() as session:
        purging.hold_still()
        if find_open() is not None:
            raise Conflict(_l("This is being done already."))
        going = count_going(_midnight(day))
        if not going.events:
            raise DomainError(_l("No event is that old."), field="before")
        # The day is sealed with the job, so that who can write to the table alone cannot have anything purged.
        job = jobs.draft(KIND, day.isoformat().encode(), total=min(going.events, _MOST))
        jobs.start(job, result={
            "before": day.isoformat(), "after": going.after, "checked": going.after, "upto": going.upto,
            "counted": chain.head()[0],
        })  # fmt: skip
        if is_asked:
            record(Tag.AUDIT_PURGE_STARTED, before=day.isoformat(), events=going.events)
        session.refresh(job)
    return job


def _step(work: Work) -> bool:
    before, told = _midnight(date.fromisoformat(work.payload.decode())), work.result
    if told["checked"] < told["upto"]:
        _check(work, before)
        return True
    with transaction():
        rollups.hold_still()
        if rollups.reached() < told["counted"]:
            rollups.count_events(most=1)
            work.advance(cursor=work.cursor + 1, done=work.done, result=told)
            return True
        try:
            removed = purging.remove_part(before, told["upto"], _REMOVED)
        except BrokenChain as error:
            raise _broken(error.position) from error
        work.advance(cursor=work.cursor + 1, done=work.done + removed, result=told)
    return removed > 0


def _check(work: Work, before: datetime) -> None:
    """Walk over the next part of what would go; it ends before the first event that is not old enough."""
    told = work.result
    verdict = chain.verify_part(told["checked"], min(_CHECKED, told["upto"] - told["checked"]))
    if verdict.first_bad is not None:
        raise _broken(verdict.first_bad)
    first = purging.first_kept(before, told["checked"], verdict.sealed)
    reached = {"checked": verdict.sealed} if first is None else {"checked": first - 1, "upto": first - 1}
    with transaction():
        work.advance(cursor=work.cursor + 1, done=work.done, result={**told, **reached})


def _broken(position: int) -> Abandoned:
    return Abandoned(_l("The chain breaks at place %(num)s. From there on nothing was purged.", num=position))


def _end(work: Work, state: str) -> None:
    origin, told = find_origin(), {"before": work.result["before"], "events": work.done}
    if state == jobs.DONE:
        record(Tag.AUDIT_PURGED, **told, position=origin.position, head=origin.hash)
    else:
        record(Tag.AUDIT_PURGE_FAILED, **told, reason=jobs.get(work.id, KIND).last_error)


@contextmanager
def _as_system() -> Iterator[None]:
    before = context()
    set_context(replace(before, actor="system"))
    try:
        yield
    finally:
        set_context(before)


def _day_of(retention: timedelta) -> date:
    return (now() - retention).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


register(KIND, Kind(_step, _end))
