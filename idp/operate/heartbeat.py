"""The worker says that it lives, so that the doctor can tell when none does."""

import os
import socket
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.core.clock import now
from idp.core.db import db, is_postgresql, transaction
from idp.core.retention import kept
from idp.operate.models import Heartbeat

_FORGOTTEN_AFTER = kept(_l("Workers that are silent"), timedelta(days=1))


def beat() -> None:
    """Write down that this worker is at work, and forget those long gone."""
    moment = now()
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    row = insert(Heartbeat).values(worker=_name(), started_at=moment, seen_at=moment)
    with transaction() as session:
        session.execute(row.on_conflict_do_update(index_elements=[Heartbeat.worker], set_={"seen_at": moment}))
        session.execute(delete(Heartbeat).where(Heartbeat.seen_at < moment - _FORGOTTEN_AFTER))


def leave() -> None:
    """Take back that this worker is at work: it ends, and nobody need wait whether it does."""
    with transaction() as session:
        session.execute(delete(Heartbeat).where(Heartbeat.worker == _name()))


def find_last() -> datetime | None:
    """Return when a worker was last seen; None where none was, or the last one ended in good order."""
    return db.session.execute(select(func.max(Heartbeat.seen_at))).scalar()


def _name() -> str:
    return f"{socket.gethostname()[:100]}:{os.getpid()}"
