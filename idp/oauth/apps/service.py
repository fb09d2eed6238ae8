"""What apps a person is connected with, since when, and for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, select

from idp.clients.service import ClientInfo, find_client
from idp.core.db import db
from idp.core.errors import NotFound
from idp.oauth.authorize.consent import claim_title, preview
from idp.oauth.authorize.models import Consent
from idp.oauth.scopes import OFFLINE, OPENID, decide_scopes, describe_key
from idp.oauth.tokens.models import Grant, RefreshToken
from idp.sessions.service import live_sessions


class UnknownApp(NotFound):
    """No such app, or none this person is connected with."""

    def __init__(self) -> None:
        super().__init__(_l("You are not connected with an app of that name."))


@dataclass(frozen=True)
class Line:
    """One thing an app may do, with the person's own value behind it."""

    title: Any
    icon: str
    value: str


@dataclass(frozen=True)
class ConnectedApp:
    """One app, as the person's pages show it."""

    client: ClientInfo
    keys: list[str]
    """The scopes, as consent knows them."""
    claims: list[str]
    allowed_at: datetime
    used_at: datetime | None
    is_offline: bool
    """Whether it keeps access when the person is away."""


def list_apps(user_id: str) -> list[ConnectedApp]:
    """List the apps a person allowed or uses, the most recently used first."""
    consents = {row.client_id: row for row in _consents(user_id)}
    uses = {row.client_id: row for row in _uses(user_id)}
    ids = consents.keys() | uses.keys()
    apps = [_app(user_id, client_id, consents.get(client_id), uses.get(client_id)) for client_id in ids]
    return sorted((app for app in apps if app is not None), key=lambda app: app.used_at or app.allowed_at, reverse=True)


def get_app(user_id: str, client_id: str) -> ConnectedApp:
    """Return one app of a person; raise UnknownApp for every other."""
    for app in list_apps(user_id):
        if app.client.id == client_id:
            return app
    raise UnknownApp


def lost_with_account(user_id: str) -> list[str]:
    """Say in sentences which sessions and apps of a person end with the account."""
    signed_in, apps = len(live_sessions(user_id)), len(list_apps(user_id))
    return [
        ngettext("%(num)s session ends.", "%(num)s sessions end.", signed_in),
        ngettext("%(num)s app loses access.", "%(num)s apps lose access.", apps),
    ]


def app_lines(user: Any, app: ConnectedApp) -> list[Line]:
    """Return what an app may do, in the words of the consent page."""
    scopes = [(key, describe_key(key)) for key in app.keys if key != OPENID]
    lines = [Line(scope.title, scope.icon, preview(user, key)) for key, scope in scopes]
    return lines + [Line(claim_title(name), "identification", "") for name in app.claims]


def _app(user_id: str, client_id: str, consent: Any, use: Any) -> ConnectedApp | None:
    client = find_client(client_id)
    if client is None:
        return None
    return ConnectedApp(
        client,
        keys=list(consent.scopes) if consent else decide_scopes(user_id, client, use.scope.split(), ()).keys,
        claims=sorted(name for name, given in consent.claims.items() if given) if consent else [],
        allowed_at=consent.created_at if consent else use.since,
        used_at=use.used_at if use else None,
        is_offline=OFFLINE in use.scope.split() if use else False,
    )


def _consents(user_id: str) -> Sequence[Consent]:
    return db.session.execute(select(Consent).where(Consent.user_id == user_id)).scalars().all()


@dataclass
class _Use:
    client_id: str
    since: datetime
    used_at: datetime
    scope: str


def _uses(user_id: str) -> list[_Use]:
    """Sum up the live grants of a person by app."""
    refreshed = select(func.max(RefreshToken.created_at)).where(RefreshToken.grant_id == Grant.id).scalar_subquery()
    query = select(Grant.client_id, Grant.created_at, Grant.scope, refreshed.label("refreshed_at")).where(
        Grant.user_id == user_id, Grant.revoked_at.is_(None)
    )
    uses: dict[str, _Use] = {}
    for row in db.session.execute(query):
        last = max(filter(None, (row.created_at, row.refreshed_at)))
        known = uses.setdefault(row.client_id, _Use(row.client_id, row.created_at, last, ""))
        known.since, known.used_at = min(known.since, row.created_at), max(known.used_at, last)
        known.scope = " ".join(dict.fromkeys([*known.scope.split(), *row.scope.split()]))
    return list(uses.values())
