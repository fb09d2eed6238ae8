"""What the page of one's own sessions shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from idp.core.db import db
from idp.core.devices import describe_browser
from idp.sessions import service
from idp.sessions.models import Session


@dataclass(frozen=True)
class Row:
    """One session, in words."""

    id: str
    is_current: bool
    browser: str
    ip: str | None
    started_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    remembered: bool
    failed_before: int
    """After how many failed tries it began in a network new to the person; 0 where there is nothing to look at."""


def list_rows(user_id: str, current: Session | None) -> list[Row]:
    """List the live sessions of a person, the present one first."""
    here = current.id if current else None
    rows = [_row(session, here) for session in service.live_sessions(user_id)]
    return sorted(rows, key=lambda row: not row.is_current)


def last_seen(user_ids: Sequence[str]) -> dict[str, datetime]:
    """Return when each of some people was last seen, as far as their sessions are kept."""
    query = select(Session.user_id, func.max(Session.last_seen_at)).where(Session.user_id.in_(user_ids))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Session.user_id))}


def _row(session: Session, here: str | None) -> Row:
    return Row(
        id=session.id,
        is_current=session.id == here,
        browser=describe_browser(session.user_agent),
        ip=session.ip,
        started_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        remembered=session.remember,
        failed_before=session.failed_before if session.risky else 0,
    )
