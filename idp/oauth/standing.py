"""May this still happen? The one judge of person, app, grant and session, asked by every path that gives something.

Issuing, refreshing, introspecting and serving all come here, so that a person who was disabled, an app that was taken
away or a session that ended is refused everywhere or nowhere.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select

from idp.access.service import role_names
from idp.accounts.models import User, is_in_use
from idp.accounts.service import is_usable
from idp.clients.service import ClientInfo
from idp.core.db import read
from idp.oauth.tokens.models import Grant
from idp.sessions.models import Session
from idp.sessions.service import find_lapse

CLIENT_OFF = "client is gone or disabled"
PERSON_OFF = "person is disabled or locked"
NO_ROLE = "person has none of the roles this app is limited to"
"""The reasons that pages put into words of their own."""


class NotUsable(Exception):
    """Something the request stands on has ended; `reason` is for log and audit."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PersonState:
    """The part of an account that tells whether it may be used."""

    id: str
    state: str
    locked_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether the account may be used at all."""
        return is_in_use(self.state, self.locked_at)


@dataclass(frozen=True, slots=True)
class SessionState:
    """The part of a session that tells whether it goes on."""

    ended_at: datetime | None
    ended_reason: str | None
    idle_expires_at: datetime
    expires_at: datetime
    remember: bool


@dataclass(frozen=True, slots=True)
class GrantState:
    """A grant with the person and the session it stands on, as they are now."""

    id: str
    client_id: str
    session_id: str | None
    scope: str
    resources: list[str]
    claims: dict[str, Any]
    nonce: str | None
    auth_time: datetime
    acr: str | None
    amr: list[str]
    offline: bool
    created_at: datetime
    revoked_at: datetime | None
    user: PersonState
    session: SessionState | None

    @property
    def scopes(self) -> list[str]:
        """The scopes the person granted."""
        return self.scope.split()


_GRANTS, _USERS, _SESSIONS = Grant.__table__, User.__table__, Session.__table__
_LOAD = (
    select(
        *(_GRANTS.c[name] for name in (
            "id", "client_id", "session_id", "scope", "resources", "claims", "nonce", "auth_time", "acr", "amr",
            "offline", "created_at", "revoked_at", "user_id",
        )),
        _USERS.c.state, _USERS.c.locked_at, _SESSIONS.c.ended_at, _SESSIONS.c.ended_reason,
        _SESSIONS.c.idle_expires_at, _SESSIONS.c.expires_at, _SESSIONS.c.remember,
    )
    .join_from(_GRANTS, _USERS, _USERS.c.id == _GRANTS.c.user_id)
    .outerjoin(_SESSIONS, _SESSIONS.c.id == _GRANTS.c.session_id)
    .where(_GRANTS.c.id == bindparam("grant_id"))
)  # fmt: skip


def find_grant(grant_id: str) -> GrantState | None:
    """Return a grant with the state of its person and session, in one statement; None when it is gone."""
    rows = read(_LOAD, {"grant_id": grant_id})
    return _grant_state(rows[0]) if rows else None


def get_usable_grant(grant_id: str, client: ClientInfo | None, *, session_needed: bool = False) -> GrantState:
    """Return a grant that app, person and session still stand behind; raise NotUsable for any other."""
    grant = find_grant(grant_id)
    if grant is None:
        raise NotUsable("grant is gone")
    check_standing(client=client, grant=grant, session_needed=session_needed)
    return grant


def check_standing(
    *,
    client: ClientInfo | None,
    user: Any = None,
    grant: GrantState | None = None,
    session: Any = None,
    session_needed: bool = False,
) -> ClientInfo:
    """Return the client when app, person, grant and session are all still good; raise NotUsable otherwise.

    A grant brings its person and session along. A grant that is not offline needs its session alive, and so does
    every path that says `session_needed`.
    """
    if client is None or not client.is_enabled:
        raise NotUsable(CLIENT_OFF)
    if grant is not None:
        if grant.revoked_at is not None or grant.client_id != client.id:
            raise NotUsable("grant was revoked")
        user, session = grant.user, grant.session
        session_needed = session_needed or not grant.offline
    if user is not None:
        _check_person(client.allowed_roles, user)
    if session_needed and not is_live(session):
        raise NotUsable("session has ended")
    return client


def is_live(session: Any) -> bool:
    """Tell whether there is a session and it goes on."""
    return session is not None and find_lapse(session) is None


def _check_person(allowed_roles: Collection[str], user: Any) -> None:
    if not is_usable(user):
        raise NotUsable(PERSON_OFF)
    if allowed_roles and not set(allowed_roles).intersection(role_names(user.id)):
        raise NotUsable(NO_ROLE)


def _grant_state(row: Row[Any]) -> GrantState:
    session = None
    if row.expires_at is not None:
        session = SessionState(row.ended_at, row.ended_reason, row.idle_expires_at, row.expires_at, row.remember)
    return GrantState(
        id=row.id, client_id=row.client_id, session_id=row.session_id, scope=row.scope, resources=row.resources,
        claims=row.claims, nonce=row.nonce, auth_time=row.auth_time, acr=row.acr, amr=row.amr, offline=row.offline,
        created_at=row.created_at, revoked_at=row.revoked_at, session=session,
        user=PersonState(row.user_id, row.state, row.locked_at),
    )  # fmt: skip
