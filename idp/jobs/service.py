"""Keep a piece of long work as a draft, start it, do its steps under a lease, and end it."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, insert, select, update

from idp.core.cipher import seal, unseal
from idp.core.clock import now
from idp.core.context import CallContext, context, set_context
from idp.core.db import db, transaction
from idp.core.retention import kept
from idp.core.secrets import new_id
from idp.jobs.errors import Abandoned, LeaseLost, NotWaiting, UnknownJob
from idp.jobs.models import Job

DRAFT, WAITING, RUNNING, DONE, FAILED, CANCELLED = "draft", "waiting", "running", "done", "failed", "cancelled"
_LIMITS = "permissions"
"""Where a job keeps what a key or a token limited who started it to."""
OPEN = frozenset({DRAFT, WAITING, RUNNING})
LEASE = timedelta(seconds=20)
"""How long a worker holds a job between two steps; a step takes far less."""
DRAFTS_KEPT = kept(_l("Files that were handed in and never imported"), timedelta(hours=1))
_KEPT = kept(_l("What came of an import or of other long work"), timedelta(days=30))
_MOST_FAILURES = 5
_WAIT = 0.5
"""Seconds between two looks at a job that a worker has."""
_TURN_SECONDS = 2.0
"""How long one job may keep the worker from its other work."""
_log = logging.getLogger("idp.jobs")


@dataclass
class Work:
    """A job in the hands of its holder."""

    id: str
    kind: str
    actor: str
    total: int
    done: int
    cursor: int
    result: dict[str, Any]
    holder: str
    sealed: str | None
    kept: Any = field(default=None, repr=False)
    """What the kind wants to keep from one step of a turn to the next."""

    @property
    def payload(self) -> bytes:
        """What was handed in."""
        return unseal(self.sealed or "", bound_to=_place(self.id))

    def advance(self, *, cursor: int, done: int, result: dict[str, Any]) -> None:
        """Write down, inside the transaction of a step, how far it has come; raise LeaseLost when it is another's."""
        values = {"cursor": cursor, "done": done, "result": result, "leased_until": now() + LEASE, "failures": 0}
        held = (Job.id == self.id) & (Job.holder == self.holder) & (Job.cursor == self.cursor) & (Job.state == RUNNING)
        _update(held, values, LeaseLost)
        self.cursor, self.done, self.result = cursor, done, result


Step = Callable[[Work], bool]
"""Does one step and tells whether there is more to do."""


@dataclass(frozen=True)
class Kind:
    """What a slice does for one kind of job."""

    step: Step
    end: Callable[[Work, str], None]
    """Called in the transaction that ends it, with the state in which it ends."""
    steps_a_turn: Callable[[Work], int | None] = lambda _work: None
    """How many steps follow each other at once; None is as many as there is time for."""


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Let a kind of job be done."""
    _kinds[name] = kind


def draft(kind: str, payload: bytes, *, total: int, result: dict[str, Any] | None = None) -> Job:
    """Keep what was handed in, sealed, until somebody says that it shall be done; who did is in the call's context."""
    job_id = new_id()
    with transaction() as session:
        session.execute(
            insert(Job).values(
                id=job_id, kind=kind, actor=context().actor, state=DRAFT, total=total, done=0, cursor=0, failures=0,
                payload=seal(payload, bound_to=_place(job_id)), result=result or {}, leased_until=now(),
                created_at=now(),
            )
        )  # fmt: skip
    return get(job_id, kind)


def find(job_id: str, kind: str) -> Job | None:
    """Return a job of a kind, or None."""
    return db.session.execute(select(Job).where(Job.id == job_id[:26], Job.kind == kind)).scalar()


def get(job_id: str, kind: str) -> Job:
    """Return a job of a kind; raise UnknownJob."""
    found = find(job_id, kind)
    if found is None:
        raise UnknownJob
    return found


def list_jobs(kind: str, *, limit: int = 20) -> list[Job]:
    """List the newest jobs of a kind."""
    query = select(Job).where(Job.kind == kind).order_by(Job.id.desc()).limit(limit)
    return list(db.session.execute(query).scalars())


def find_open(kind: str) -> Job | None:
    """Return the newest job of a kind while it is being done, or None."""
    newest = list_jobs(kind, limit=1)
    return newest[0] if newest and newest[0].state in OPEN else None


def count_going() -> int:
    """Count the jobs that wait or are being done, of whatever kind."""
    query = select(func.count()).select_from(Job).where(Job.state.in_([WAITING, RUNNING]))
    return db.session.execute(query).scalar_one()


def finish(job: Job, tell: Callable[[Job], None] = lambda _job: None) -> Job:
    """Do the steps of a job here and now; where a worker was quicker, wait for it."""
    job_id, kind = job.id, job.kind
    while (job := get(job_id, kind)).state in OPEN:
        tell(job)
        if not run_due(only=job_id):
            time.sleep(_WAIT)
    return job


def payload_of(job: Job) -> bytes | None:
    """Open what was handed in; None when it is gone."""
    return unseal(job.payload, bound_to=_place(job.id)) if job.payload else None


def start(job: Job, *, result: dict[str, Any] | None = None) -> None:
    """Let a draft be done, in the name of who says so now and with no more rights than this call has.

    Raises NotWaiting when it is none any more.
    """
    values: dict[str, Any] = {"state": WAITING, "leased_until": now(), "actor": context().actor}
    result = job.result if result is None else result
    if (limits := context().permissions) is not None:
        result = {**result, _LIMITS: sorted(limits)}
    values["result"] = result
    _update((Job.id == job.id) & (Job.state == DRAFT), values, NotWaiting)


def cancel(job: Job) -> None:
    """End a job before its time, in the caller's transaction; what is done stays. Raises NotWaiting."""
    _update((Job.id == job.id) & Job.state.in_(OPEN), _ending(CANCELLED), NotWaiting)


def run_due(*, only: str | None = None) -> bool:
    """Do a turn's worth of steps of the job that waits longest, or of one; tell whether there was one."""
    work = _claim(only)
    if work is None:
        return False
    kind, before, end = _kinds[work.kind], context(), time.monotonic() + _TURN_SECONDS
    limits = work.result.get(_LIMITS)
    set_context(CallContext(actor=work.actor, permissions=None if limits is None else frozenset(limits)))
    try:
        most, steps, more = kind.steps_a_turn(work), 0, True
        while more and time.monotonic() < end and (most is None or steps < most):
            more, steps = kind.step(work), steps + 1
        _release(work) if more else _end(work, DONE)
    except LeaseLost:
        _log.info("job %s goes on elsewhere", work.id)
    except Abandoned as error:
        _end(work, FAILED, str(error.public))
    except Exception as error:  # noqa: BLE001 - whatever a step stumbles over, the job is tried again
        _log.exception("a step of job %s failed", work.id)
        _stumble(work, error)
    finally:
        set_context(before)
    return True


def sweep() -> int:
    """Forget what was handed in and never started, and what ended long ago; return how many."""
    moment = now()
    forgotten = (Job.state == DRAFT) & (Job.created_at < moment - DRAFTS_KEPT)
    old = Job.finished_at < moment - _KEPT
    with transaction() as session:
        return int(session.execute(delete(Job).where(forgotten | old)).rowcount)  # type: ignore[attr-defined]


def _claim(only: str | None) -> Work | None:
    """Take a job for this holder alone, in one statement."""
    moment, holder = now(), new_id()
    free = Job.state.in_([WAITING, RUNNING]) & (Job.leased_until <= moment) & Job.kind.in_(_kinds)
    if only is not None:
        free &= Job.id == only
    first = select(Job.id).where(free).order_by(Job.leased_until, Job.id).limit(1).with_for_update(skip_locked=True)
    columns = (Job.id, Job.kind, Job.actor, Job.total, Job.done, Job.cursor, Job.result, Job.holder, Job.payload)
    statement = (
        update(Job)
        .where(Job.id == first.scalar_subquery(), free)
        .values(state=RUNNING, holder=holder, leased_until=moment + LEASE)
        .returning(*columns)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        row = session.execute(statement).first()
    return Work(*row) if row else None


def _release(work: Work) -> None:
    with suppress(LeaseLost), transaction():
        _update((Job.id == work.id) & (Job.holder == work.holder), {"leased_until": now()}, LeaseLost)


def _end(work: Work, state: str, error: str | None = None) -> None:
    """End a job once, and let its kind write down what came of it; what was handed in is gone with it."""
    with suppress(LeaseLost), transaction():
        held = (Job.id == work.id) & (Job.holder == work.holder) & (Job.state == RUNNING)
        _update(held, _ending(state) | {"last_error": error}, LeaseLost)
        _kinds[work.kind].end(work, state)


def _stumble(work: Work, error: Exception) -> None:
    """Let a job be tried again a little later, or give it up."""
    db.session.rollback()
    failures = int(db.session.execute(select(Job.failures).where(Job.id == work.id)).scalar() or 0) + 1
    if failures >= _MOST_FAILURES:
        _end(work, FAILED, type(error).__name__)
        return
    later = now() + timedelta(seconds=2**failures)
    with suppress(LeaseLost), transaction():
        values = {"failures": failures, "last_error": type(error).__name__, "leased_until": later}
        _update((Job.id == work.id) & (Job.holder == work.holder), values, LeaseLost)


def _ending(state: str) -> dict[str, Any]:
    return {"state": state, "finished_at": now(), "payload": None, "holder": None}


def _update(which: Any, values: dict[str, Any], otherwise: type[Exception]) -> None:
    with transaction() as session:
        statement = update(Job).where(which).values(values).execution_options(synchronize_session=False)
        if not session.execute(statement).rowcount:  # type: ignore[attr-defined]
            raise otherwise


def _place(job_id: str) -> str:
    return f"jobs:payload:{job_id}"
