"""A crowded house for the benchmark of the console: people, apps, sessions and events by the hundred thousand."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert

from idp.access.models import (
    Api,
    Group,
    Permission,
    Role,
    group_members,
    group_roles,
    role_permissions,
    user_roles,
)
from idp.accounts.models import User
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.authn.acr import ONE_FACTOR
from idp.clients.models import Client, ClientUse
from idp.core.clock import now
from idp.core.db import db
from idp.oauth.tokens.models import Grant, RefreshToken
from idp.rollups.models import DailyCount
from idp.sessions.models import Session

BATCH = 5000
ROLE, GROUP = "00000000000000000R00000001", "00000000000000000C00000001"
API, PERMISSION = "00000000000000000A00000001", "00000000000000000B00000001"
DAYS = 50
"""On so many days each app was used."""
_TAGS = (Tag.LOGIN_SUCCEEDED, Tag.LOGIN_SUCCEEDED, Tag.LOGIN_FAILED, Tag.SESSION_ENDED, Tag.CLIENT_EDITED)


@dataclass(frozen=True)
class Scale:
    """How many rows of what."""

    people: int
    clients: int
    events: int


SMALL = Scale(100, 100, 100)
LARGE = Scale(100_000, 2_000, 1_000_000)


def fill(scale):
    """Write the rows; identifiers count upwards, so that the benchmark can name the thousandth page."""
    _write(User, scale.people, _person)
    _write(Client, scale.clients, _client)
    for scope in ("openid", "email"):
        _write(ClientUse, scale.clients, lambda number, name=scope: _use(number, name))
    _write(Session, scale.people, _session)
    _write(Grant, scale.people, lambda number: _grant(number, scale))
    _write(DailyCount, scale.clients * DAYS, _count)
    _write(RefreshToken, scale.people, _refresh_token)
    _write(Event, scale.events, lambda number: _event(number, scale))
    _fill_access(scale)
    # In a transaction: SQLAlchemy would give SQLite's connection back another way of committing than it came with.
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def person_id(number):
    return f"00000000000000000P{number:08d}"


def client_id(number):
    return f"client-{number:06d}"


def session_id(number):
    return f"00000000000000000S{number:08d}"


def grant_id(number):
    return f"00000000000000000G{number:08d}"


def _fill_access(scale):
    """Give everybody a role, and put every other one into a group that brings it."""
    with db.engine.begin() as connection:
        connection.execute(insert(Role).values(id=ROLE, name="crowd", title="", description=""))
        connection.execute(insert(Group).values(id=GROUP, name="crowd", title=""))
        connection.execute(insert(Api).values(id=API, identifier="https://crowd.example.com", name="Crowd"))
        connection.execute(insert(Permission).values(id=PERMISSION, api_id=API, name="crowd.read", title="Read"))
        connection.execute(insert(role_permissions).values(permission_id=PERMISSION, role_id=ROLE))
        connection.execute(insert(group_roles).values(group_id=GROUP, role_id=ROLE))
    _write(user_roles, scale.people, lambda number: {"user_id": person_id(number), "role_id": ROLE})
    _write(group_members, scale.people // 2, lambda number: {"user_id": person_id(2 * number), "group_id": GROUP})


def _write(model, count, row):
    for first in range(0, count, BATCH):
        rows = [row(number) for number in range(first, min(first + BATCH, count))]
        with db.engine.begin() as connection:
            connection.execute(insert(getattr(model, "__table__", model)), rows)


def _person(number):
    address = f"person{number:06d}@example.com"
    moment = now() - timedelta(minutes=number)
    return {
        "id": person_id(number), "email": address, "email_normalised": address, "email_verified_at": moment,
        "username": f"user{number:06d}", "name": f"Given{number % 997:03d} Family{number:06d}",
        "state": "disabled" if number % 50 == 0 else "active", "phone_number_verified": False, "self_registered": True,
        "must_change_password": False, "preferences": {}, "version": 1, "created_at": moment, "updated_at": moment,
    }  # fmt: skip


def _client(number):
    return {
        "id": client_id(number), "name": f"App {number:06d}", "type": "web", "redirect_uris": ["https://app.example/cb"],
        "post_logout_redirect_uris": [], "grant_types": ["authorization_code"], "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic", "scopes": ["openid", "email"], "allowed_roles": [],
        "allowed_apis": [], "require_pkce": True, "first_party": False, "require_second_step": False,
        "require_auth_time": False, "metadata": {}, "version": 1, "created_at": now() - timedelta(days=300),
        "updated_at": now(),
    }  # fmt: skip


def _use(number, scope):
    return {"kind": "scope", "name": scope, "client_id": client_id(number)}


def _session(number):
    moment = now()
    return {
        "id": session_id(number), "digest": f"{number:064d}", "user_id": person_id(number), "amr": ["pwd"],
        "acr": ONE_FACTOR, "auth_time": moment, "created_at": moment, "last_seen_at": moment,
        "idle_expires_at": moment + timedelta(hours=12), "expires_at": moment + timedelta(days=1), "remember": False,
        "ip": "203.0.113.0", "user_agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    }  # fmt: skip


def _grant(number, scale):
    """Half of them are of one app, the rest of all."""
    app = client_id(7 if number % 2 else number // 2 % scale.clients)
    return {
        "id": grant_id(number), "user_id": person_id(number), "client_id": app, "session_id": session_id(number),
        "scope": "openid email", "resources": [], "claims": {}, "auth_time": now(), "amr": ["pwd"], "offline": False,
        "created_at": now(),
    }  # fmt: skip


def _refresh_token(number):
    return {
        "digest": f"{number:064d}", "grant_id": grant_id(number), "client_id": client_id(7), "created_at": now(),
        "expires_at": now() + timedelta(days=30),
    }  # fmt: skip


def _count(number):
    app, ago = divmod(number, DAYS)
    # Every third app was used long ago only.
    day = now().date() - timedelta(days=ago + (200 if app % 3 == 0 else 0))
    return {"day": day, "kind": "client", "name": client_id(app), "count": 3}


def _event(number, scale):
    user = f"user:{person_id(number % scale.people)}"
    return {
        "at": now() - timedelta(seconds=scale.events - number), "tag": _TAGS[number % len(_TAGS)].value, "actor": user,
        "subject": user, "client_id": client_id(number % scale.clients), "session_id": session_id(number % scale.people),
        "request_id": f"request-{number:08d}", "ip": "203.0.113.0", "detail": {"number": number},
    }  # fmt: skip
