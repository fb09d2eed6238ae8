"""Several accounts in one browser: beside the session in use, others wait in a cookie of their own.

Each account is a session row like any other, with its own limits: what ends sessions ends a waiting one too.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import g
from sqlalchemy import select

from idp.accounts.models import User
from idp.core.db import db, transaction
from idp.core.http import MOST_TOKENS, read_cookie, read_tokens
from idp.core.secrets import digest
from idp.core.settings import settings
from idp.sessions import service
from idp.sessions.errors import UnknownSession
from idp.sessions.models import Session

COOKIE = "accounts"


@dataclass(frozen=True)
class Account:
    """One account this browser knows."""

    session_id: str
    user_id: str
    name: str
    email: str
    is_live: bool
    is_current: bool
    last_seen_at: datetime


@dataclass(frozen=True)
class _Held:
    value: str
    session: Session
    user: User

    @property
    def is_live(self) -> bool:
        return service.find_lapse(self.session, self.user) is None


def list_accounts() -> list[Account]:
    """List the accounts of this browser, the one in use first; those whose session is over can be signed in again."""
    return [_account(held) for held in _held()]


def has_others_live(session: Session | None) -> bool:
    """Tell whether somebody besides the person of a session is signed in here."""
    own = session.user_id if session else None
    return bool(_waiting_values()) and any(held.is_live and held.session.user_id != own for held in _held())


def find_email(session_id: str | None) -> str | None:
    """Return the address of an account this browser knows, or None."""
    return next((held.user.email for held in _held() if held.session.id == session_id), None)


def make_room(user_id: str) -> None:
    """Let the session in use wait while somebody else signs in; an older session of that person ends.

    A browser keeps a few accounts: the one that waited longest ends when there are more.
    """
    held, several = _held(), settings().sessions.several_accounts
    kept = [each for each in held if several and each.session.user_id != user_id][:MOST_TOKENS]
    for each in held:
        if each not in kept:
            service.end(each.session.id, "replaced")
    _keep(kept)


def take(session_id: str) -> Session:
    """Take a waiting session that is live out of the cookie; the one in use waits instead. Raises UnknownSession."""
    found = next((held for held in _held() if held.session.id == session_id and held.is_live), None)
    if found is None:
        raise UnknownSession
    _keep([held for held in _held() if held is not found])
    return found.session


def forget(session_id: str) -> None:
    """Take an account off this browser's list, its session with it; raise UnknownSession."""
    held = {each.session.id: each for each in _held()}
    if session_id not in held:
        raise UnknownSession
    service.end(session_id, "signed_out")
    _keep([each for each in held.values() if each.session.id != session_id and not _is_used(each)])


def forget_all() -> None:
    """Sign every account out of this browser."""
    with transaction():
        for held in _held():
            service.end(held.session.id, "signed_out")
    _keep([])


def _keep(waiting: list[_Held]) -> None:
    values = tuple(each.value for each in waiting)[:MOST_TOKENS]
    if values != _waiting_values():
        g.new_accounts = values


def _held() -> list[_Held]:
    """Read the sessions of this browser, the one in use first, the newest of each person only."""
    if "held_sessions" not in g:
        values = [value for value in (_used_value(), *_waiting_values()) if value]
        if not values:
            return []
        query = select(Session, User).join(User, User.id == Session.user_id)
        rows = db.session.execute(query.where(Session.digest.in_([digest(value) for value in values]))).all()
        by_digest = {session.digest: (session, user) for session, user in rows}
        found = [_Held(value, *by_digest[digest(value)]) for value in values if digest(value) in by_digest]
        g.held_sessions = list({held.session.user_id: held for held in reversed(found)}.values())[::-1]
    return list(g.held_sessions)


def _account(held: _Held) -> Account:
    session, user = held.session, held.user
    is_current = _is_used(held) and held.is_live
    return Account(session.id, user.id, user.name, user.email, held.is_live, is_current, session.last_seen_at)


def _is_used(held: _Held) -> bool:
    return held.value == _used_value()


def _used_value() -> str | None:
    value = read_cookie("session")
    return value if value and len(value) <= service.LONGEST_COOKIE else None


def _waiting_values() -> tuple[str, ...]:
    return read_tokens(COOKIE) if settings().sessions.several_accounts else ()
