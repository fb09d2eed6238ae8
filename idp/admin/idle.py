"""The console's own rest: who has not been here for a while says again who they are, though the session goes on.

When somebody was last here stands in a signed cookie of that session; without one the last sign-in counts.
"""

from datetime import UTC, datetime

from flask import Response, g
from itsdangerous import BadSignature, URLSafeTimedSerializer

from idp.core import cipher
from idp.core.clock import now, timestamp
from idp.core.http.cookies import read_cookie, set_cookie
from idp.core.settings import settings
from idp.sessions import http as sessions

_COOKIE = "console"


def is_idle() -> bool:
    """Tell whether the person of this request has not been at the console for too long."""
    session = sessions.get_session()
    last = max(session.auth_time, _last_visit(session.id) or session.auth_time)
    return now() - last > settings().admin.idle


def note_visit(response: Response) -> Response:
    """Write down that a page of the console was answered."""
    if g.get("console_visit"):
        value = _serializer().dumps([g.console_visit, timestamp()])
        set_cookie(response, _COOKIE, value, max_age=int(settings().admin.idle.total_seconds()))
    return response


def begin_visit() -> None:
    """Let this request count as a visit."""
    g.console_visit = sessions.get_session().id


def _last_visit(session_id: str) -> datetime | None:
    try:
        owner, moment = _serializer().loads(read_cookie(_COOKIE) or "")
    except (BadSignature, ValueError, TypeError):
        return None
    return datetime.fromtimestamp(moment, UTC) if owner == session_id else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cipher.derive("console-visit"), salt="console-visit")
