"""Sessions: opened, found by their cookie, rotated, touched and ended. Limits are enforced when a session is read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from idp.accounts.email import mails
from idp.accounts.models import User
from idp.accounts.service import get_user, is_usable
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, transaction
from idp.core.keyset import page_of
from idp.core.secrets import digest, random_token
from idp.core.settings import settings
from idp.sessions.errors import SessionIsOver, UnknownSession
from idp.sessions.models import Session
from idp.sessions.signals import person_signed_out, session_ended

LONGEST_COOKIE = 100
"""A longer cookie value is none of ours, in characters."""
TOUCH_EVERY = 60
"""A session is written at most this often while it is used, in seconds."""
IDLE, EXPIRED, NOT_REMEMBERED, UNUSABLE = "idle", "expired", "not_remembered", "account_unusable"
"""Reasons for which a session is found to be over when it is read."""


@dataclass(frozen=True)
class Lapse:
    """A session that is over, and why."""

    session: Session
    reason: str


def open_session(user_id: str, *, amr: list[str], acr: str, remember: bool, auth_time: datetime | None = None) -> str:
    """Open a session and return its new cookie value, which is not kept anywhere (ASVS 7.2.4)."""
    return begin_session(user_id, amr=amr, acr=acr, remember=remember, auth_time=auth_time)[0]


def begin_session(
    user_id: str, *, amr: list[str], acr: str, remember: bool, auth_time: datetime | None = None
) -> tuple[str, Session]:
    """Open a session; return its new cookie value and the session."""
    value, edge, moment = random_token(), context(), now()
    remember = remember and settings().sessions.allow_remember
    idle_expires_at, expires_at = _limits(moment, remember=remember)
    session = Session(
        digest=digest(value), user_id=user_id, amr=amr, acr=acr, auth_time=auth_time or moment,
        browser_digest=digest(edge.browser_id) if edge.browser_id else None,
        created_at=moment, last_seen_at=moment, idle_expires_at=idle_expires_at, expires_at=expires_at,
        remember=remember, ip=edge.ip, user_agent=edge.user_agent, network=edge.neighbourhood,
    )  # fmt: skip
    with transaction() as database:
        database.add(session)
        database.flush()
    return value, session


def find_by_cookie(value: str) -> tuple[Session, User] | Lapse | None:
    """Return the live session of a cookie with its person, the session that has lapsed, or None; one statement."""
    query = select(Session, User).join(User, User.id == Session.user_id).where(Session.digest == digest(value))
    row = db.session.execute(query).first()
    if row is None:
        return None
    found, user = row
    if reason := find_lapse(found, user):
        return Lapse(found, reason)
    return found, user


def find_lapse(session: Session, user: User | None = None) -> str | None:
    """Return why a session is over, or None while it goes on (SP 800-63B-4 §2.2.3)."""
    moment = now()
    if session.ended_at is not None:
        return session.ended_reason or "ended"
    if session.expires_at <= moment:
        return EXPIRED
    if session.idle_expires_at <= moment:
        return IDLE
    if session.remember and not settings().sessions.allow_remember:
        return NOT_REMEMBERED
    if user is not None and not is_usable(user):
        return UNUSABLE
    return None


def is_live(session: Session) -> bool:
    """Tell whether a session goes on."""
    return find_lapse(session) is None


def get_session_of(user_id: str, session_id: str) -> Session:
    """Return a live session of one person; raise UnknownSession for any other id."""
    found = db.session.execute(
        select(Session).where(Session.id == session_id, Session.user_id == user_id)
    ).scalar_one_or_none()
    if found is None or not is_live(found):
        raise UnknownSession
    return found


def live_sessions(user_id: str) -> list[Session]:
    """List the live sessions of a person, the most recently used first."""
    moment = now()
    query = (
        select(Session)
        .where(Session.user_id == user_id, *alive(moment))
        .order_by(Session.last_seen_at.desc(), Session.id.desc())
    )
    return list(db.session.execute(query).scalars())


def find_live(*, risky: bool = False, after: str = "", limit: int = 50) -> list[Session]:
    """List everybody's live sessions, the newest first, from the one after `after`."""
    query = select(Session).where(*alive(now()))
    query = query.where(Session.risky) if risky else query
    beside = [after] if after else None
    page = page_of(query, [Session.id], beside, descending=True, backwards=False, limit=limit)
    return list(db.session.execute(page).scalars())


def touch(session: Session, every: int = TOUCH_EVERY) -> None:
    """Write down that a session is used, once in so many seconds at most; an ended session stays ended."""
    moment = now()
    if (moment - session.last_seen_at).total_seconds() < every:
        return
    statement = (
        update(Session)
        .where(Session.id == session.id, Session.ended_at.is_(None))
        .values(
            last_seen_at=moment,
            idle_expires_at=_idle_limit(moment, session.expires_at, remember=session.remember),
            ip=context().ip,
            user_agent=context().user_agent,
        )
        .execution_options(synchronize_session=False)
    )
    with transaction() as database:
        database.execute(statement)


def rotate(
    session: Session,
    *,
    amr: list[str] | None = None,
    acr: str | None = None,
    auth_time: datetime | None = None,
    remember: bool | None = None,
) -> str:
    """Give a session a new cookie value, at once the only one; its id stays. Raises SessionIsOver.

    With `auth_time` the person has just proved who they are: the limits begin anew.
    """
    value, moment = random_token(), now()
    changes: dict[str, object] = {
        "digest": digest(value), "last_seen_at": moment,
        "idle_expires_at": _idle_limit(moment, session.expires_at, remember=session.remember),
    }  # fmt: skip
    if amr is not None:
        changes["amr"] = amr
    if acr is not None:
        changes["acr"] = acr
    if auth_time is not None:
        remember = settings().sessions.allow_remember and (session.remember if remember is None else remember)
        idle_expires_at, expires_at = _limits(moment, remember=remember)
        changes |= {"auth_time": auth_time, "remember": remember}
        changes |= {"idle_expires_at": idle_expires_at, "expires_at": expires_at}
    statement = update(Session).where(Session.id == session.id, *alive(moment)).values(changes).returning(Session)
    with transaction() as database:
        # The row that comes back also renews what this process holds of it.
        options = {"synchronize_session": False, "populate_existing": True}
        if database.execute(statement, execution_options=options).first() is None:
            raise SessionIsOver
    return value


def end(session_id: str, reason: str) -> bool:
    """End one session everywhere at once; return whether it had not ended before."""
    return bool(_end(Session.id == session_id, reason=reason))


def end_some(session_ids: list[str], reason: str) -> int:
    """End some sessions of anybody's; return how many ended."""
    return len(_end(Session.id.in_(session_ids), reason=reason))


def end_all(user_id: str, reason: str, keep: str | None = None) -> int:
    """End every session of a person but the one to keep; return how many ended."""
    conditions = [Session.user_id == user_id]
    if keep is not None:
        conditions.append(Session.id != keep)
    return len(_end(*conditions, reason=reason))


def revoke_by_admin(user_id: str, session_id: str | None = None) -> int:
    """End one session of a person, or all of them, as an administrator does, and tell them; return how many ended."""
    with transaction():
        if session_id is not None:
            return int(end(get_session_of(user_id, session_id).id, "revoked_by_admin"))
        ended = end_all(user_id, "revoked_by_admin")
        person_signed_out.send(None, user_id=user_id)
        record(Tag.SESSIONS_REVOKED, subject=f"user:{user_id}", ended=ended)
        if ended:
            mails.session_revoked(get_user(user_id))
        return ended


def end_lapsed(limit: int = 500) -> int:
    """End the sessions that ran out of time unnoticed, so that apps are told; return how many."""
    moment, ended = now(), 0
    for column, reason in ((Session.expires_at, EXPIRED), (Session.idle_expires_at, IDLE)):
        query = select(Session.id).where(Session.ended_at.is_(None), column <= moment).limit(limit)
        ids = list(db.session.execute(query).scalars())
        ended += len(_end(Session.id.in_(ids), reason=reason)) if ids else 0
    return ended


def _end(*conditions: ColumnElement[bool], reason: str) -> list[str]:
    statement = (
        update(Session)
        .where(Session.ended_at.is_(None), *conditions)
        .values(ended_at=now(), ended_reason=reason)
        .returning(Session.id, Session.user_id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as database:
        rows = database.execute(statement).all()
        for session_id, user_id in rows:
            record(Tag.SESSION_ENDED, subject=f"user:{user_id}", session_id=session_id, reason=reason)
            session_ended.send(None, session_id=session_id, user_id=user_id, reason=reason)
    return [row.id for row in rows]


def alive(moment: datetime) -> list[ColumnElement[bool]]:
    """Return what a query asks of sessions that go on at a moment."""
    conditions = [Session.ended_at.is_(None), Session.idle_expires_at > moment, Session.expires_at > moment]
    if not settings().sessions.allow_remember:
        conditions.append(Session.remember.is_(False))
    return conditions


def _limits(moment: datetime, *, remember: bool) -> tuple[datetime, datetime]:
    policy = settings().sessions
    expires_at = moment + (policy.remember if remember else policy.absolute)
    return _idle_limit(moment, expires_at, remember=remember), expires_at


def _idle_limit(moment: datetime, expires_at: datetime, *, remember: bool) -> datetime:
    # A remembered device may rest: only its absolute limit ends it.
    return expires_at if remember else min(moment + settings().sessions.idle, expires_at)
