"""A trail of many days."""

from datetime import timedelta

from sqlalchemy import text

from idp.audit import chain
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import transaction

DAY = 86400


def seal():
    while chain.seal_events():
        pass


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
