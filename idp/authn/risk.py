"""Whether a sign-in is one to look at: from a network new to the person, after failed tries. Decided as it happens."""

from datetime import timedelta

from sqlalchemy import case, exists, func, or_, select

from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db
from idp.sessions.models import Session

FAILED_WITHIN = timedelta(hours=24)
"""How long before a sign-in somebody must have failed to sign in as the person."""
MOST_COUNTED = 99
_FAILURES = (Tag.LOGIN_FAILED.value, Tag.LOGIN_STEP_FAILED.value)

_DOUBTED = ("revoked_by_admin", "account_disabled")
"""How sessions end when somebody else doubts them."""


def judge(session: Session) -> None:
    """Write into a session that has just begun whether it is risky, and after how many failed tries.

    A network is new when no session of the person that is still kept began in it, but for those that were risky
    themselves or were ended by somebody else: a thief's first visit does not make the second one usual. It is one
    statement, and one look at an index where the network is known.
    """
    if session.network is None:
        return
    met = exists().where(
        Session.user_id == session.user_id,
        Session.network == session.network,
        Session.id != session.id,
        Session.risky.is_(False),
        or_(Session.ended_reason.is_(None), Session.ended_reason.not_in(_DOUBTED)),
    )
    failures = (
        select(Event.id)
        .where(Event.subject == f"user:{session.user_id}", Event.at >= now() - FAILED_WITHIN, Event.tag.in_(_FAILURES))
        .limit(MOST_COUNTED)
        .subquery()
    )
    failed = select(func.count()).select_from(failures).scalar_subquery()
    session.failed_before = int(db.session.execute(select(case((met, 0), else_=failed))).scalar_one())
    session.risky = session.failed_before > 0
