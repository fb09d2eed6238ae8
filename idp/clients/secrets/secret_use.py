"""When a secret was last used, to the hour: enough to know which one can go, too seldom to cost anything."""

import logging
import threading

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from idp.clients.models import ClientSecret
from idp.core.clock import now, timestamp
from idp.core.db import is_writing, single_statements

_log = logging.getLogger("idp.clients")
_HOUR = 3600
_MOST = 10_000
_noted: dict[str, int] = {}
_lock = threading.Lock()


def note_use(secret_id: str) -> None:
    """Write down that a secret was used, at most once an hour in each process; it never fails a sign-in."""
    moment = timestamp()
    with _lock:
        if 0 <= moment - _noted.get(secret_id, -_HOUR) < _HOUR or is_writing():
            return
        if len(_noted) >= _MOST:
            _noted.clear()
        _noted[secret_id] = moment
    try:
        with single_statements() as connection:
            connection.execute(update(ClientSecret).where(ClientSecret.id == secret_id).values(last_used_at=now()))
    except SQLAlchemyError as error:
        _log.warning("use of secret %s could not be noted: %s", secret_id, type(error).__name__)
