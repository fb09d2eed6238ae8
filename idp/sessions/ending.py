"""The end of every session of the house, but of who says so: long work, for there may be very many."""

from sqlalchemy import select

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.db import db, transaction
from idp.core.keyset import count_rows
from idp.jobs import service as jobs
from idp.jobs.models import Job
from idp.jobs.service import Kind, Work, register
from idp.sessions.models import Session
from idp.sessions.service import end_some
from idp.sessions.signals import everybody_signed_out

KIND = "end_sessions"
_STEP = 100
_NONE = "-"
"""Stands for no session at all: what is handed in is never empty."""
_MOST_COUNTED = 1_000_000


def start(keep: str = "") -> Job:
    """Let all sessions end, but the one to keep; return the job that does it."""
    with transaction():
        count = count_alive() - (1 if keep else 0)
        job = jobs.draft(KIND, (keep or _NONE).encode(), total=max(count, 0))
        jobs.start(job)
        db.session.refresh(job)
        record(Tag.SESSIONS_REVOKED, ended=max(count, 0), everybody=True)
    return job


def count_alive(most: int = _MOST_COUNTED) -> int:
    """Count the sessions that were not ended, up to a bound: also those that a setting lets rest."""
    return count_rows(select(Session.id).where(Session.ended_at.is_(None)), most)


def find_open() -> Job | None:
    """Return the job that is ending all sessions just now, or None."""
    return jobs.find_open(KIND)


def find_newest() -> Job | None:
    """Return the job that ended all sessions last, or is ending them, as long as it is known; or None."""
    return next(iter(jobs.list_jobs(KIND, limit=1)), None)


def _step(work: Work) -> bool:
    """End the next few, of those that began before the job did: who signs in again meanwhile stays.

    When no session is left, what outlived its session ends.
    """
    keep = work.payload.decode()
    last = work.result.get("session", "")
    query = select(Session.id).where(Session.ended_at.is_(None), Session.id > last, Session.id < work.id)
    query = query.where(Session.id != keep)
    ids = list(db.session.execute(query.order_by(Session.id).limit(_STEP)).scalars())
    with transaction():
        after = None if ids else _end_rest(work, keep)
        ended = end_some(ids, "revoked_by_admin") if ids else 0
        # Where both have come to, so that no step looks again at what others ended; beside what the job keeps itself.
        reached = {"session": ids[-1] if ids else last, "after": after or ""}
        work.advance(cursor=work.cursor + 1, done=work.done + ended, result={**work.result, **reached})
    return bool(ids or after)


def _end_rest(work: Work, keep: str) -> str | None:
    """End the next few things that people are signed in to without a session; return how far that went."""
    told = {"keep_session_id": keep, "before": work.id, "after": work.result.get("after", ""), "limit": _STEP}
    reached = [answer for _listener, answer in everybody_signed_out.send(None, **told) if answer]
    return min(reached, default=None)


register(KIND, Kind(_step, lambda _work, _state: None))
