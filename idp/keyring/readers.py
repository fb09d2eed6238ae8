"""Who fetched the published keys lately: which apps have a new key by now is asked before it signs.

Programs call themselves what they like, so this is a hint and no proof. It costs the answer nothing but a look into a
dict: a name is written down once a minute by each process, and no more than a few names.
"""

import logging
import re
import time
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from idp.core.clock import now
from idp.core.db import db, is_postgresql, transaction, write
from idp.core.devices import browser_family
from idp.core.retention import kept
from idp.keyring.models import JwksReader

MOST = 20
"""Names that are shown, and that one process writes down in a minute."""
_EXTENSION = "idp.keyring.readers"
_PAUSE = 60.0
_LONGEST = 200
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")
_KEPT = kept(_l("Which programs fetched the signing keys"), timedelta(days=30))
_log = logging.getLogger("idp.keyring")


def note(user_agent: str) -> None:
    """Write down that somebody fetched the keys, unless that was done a moment ago; never fails."""
    seen: dict[str, float] = current_app.extensions.setdefault(_EXTENSION, {})
    name, moment = user_agent[:_LONGEST], time.monotonic()
    if moment < seen.get(name, 0.0):
        return
    if len(seen) >= MOST:
        for old in [each for each, until in list(seen.items()) if until <= moment]:
            seen.pop(old, None)
        if len(seen) >= MOST:
            return
    seen[name] = moment + _PAUSE
    try:
        _write(family_of(name))
    except SQLAlchemyError as error:
        _log.warning("who fetched the keys cannot be written down: %s", type(error).__name__)


def list_readers() -> list[JwksReader]:
    """List who fetched the keys, the last one first."""
    return list(db.session.execute(select(JwksReader).order_by(JwksReader.seen_at.desc()).limit(MOST)).scalars())


def family_of(user_agent: str) -> str:
    """Return the name of a program or browser without its version; empty where it has none."""
    found = _PROGRAM.match(user_agent)
    name = found[0] if found else ""
    return browser_family(user_agent) or name if name == "Mozilla" else name


def sweep() -> int:
    """Forget who has not come for long, and all but the last ones; return how many."""
    newest = select(JwksReader.agent).order_by(JwksReader.seen_at.desc()).limit(MOST)
    gone = (JwksReader.seen_at < now() - _KEPT) | JwksReader.agent.not_in(newest.scalar_subquery())
    with transaction() as session:
        statement = delete(JwksReader).where(gone).execution_options(synchronize_session=False)
        return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def _write(agent: str) -> None:
    insert = postgresql.insert if is_postgresql() else sqlite.insert
    row = insert(JwksReader).values(agent=agent, seen_at=now())
    write(row.on_conflict_do_update(index_elements=[JwksReader.agent], set_={"seen_at": row.excluded.seen_at}))
