"""Erase what the trail tells of a person's networks and browsers, and leave the number they had.

The chain covers those two by a salted digest: without salt and values it holds, and tells nothing.
"""

from sqlalchemy import or_, update

from idp.audit.models import Event
from idp.core.db import transaction


def erase_person(user_id: str) -> None:
    """Take network address and browser out of every event of or about a person, in the present transaction."""
    me = f"user:{user_id}"
    statement = (
        update(Event)
        .where(or_(Event.actor == me, Event.subject == me), Event.personal.is_not(None) | Event.position.is_(None))
        .values(ip=None, user_agent=None, salt=None)
    )
    with transaction() as session:
        session.execute(statement.execution_options(synchronize_session=False))
