"""A trail of many days."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text, update

from idp.audit import chain
from idp.audit.models import Event
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import transaction

DAY = 86400


def seal():
    while chain.seal_events():
        pass


def age():
    """Let everything that happened be of long ago; nothing of it may be chained yet."""
    with transaction() as session:
        session.execute(update(Event).where(Event.position.is_(None)).values(at=datetime(2024, 5, 1, tzinfo=UTC)))
    seal()


def grow(clock, days, a_day=3):
    """Let so many days pass, each with so many events, all chained."""
    for _day in range(days):
        for number in range(a_day):
            record(Tag.LOGIN_SUCCEEDED, actor=f"user:{number}", client_id="shop", amr=["pwd"])
        seal()
        clock.advance(DAY)


def day(ago):
    """The day so long ago (UTC)."""
    return (now() - timedelta(days=ago)).date()


def run(statement, **values):
    """What somebody does who has the database and not the keys."""
    with transaction() as session:
        return session.execute(text(statement), values)
