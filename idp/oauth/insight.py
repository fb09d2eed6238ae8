"""What one person would meet at apps: whether they may sign in, why not, and what consent would say."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.access.service import role_names
from idp.accounts.models import User
from idp.clients.lookup import find_client
from idp.clients.service import list_clients
from idp.oauth.authorize.consent import preview
from idp.oauth.authorize.consents import find_consent
from idp.oauth.scopes import decide_scopes, describe_key

_INTERACTIVE = {"authorization_code", "urn:ietf:params:oauth:grant-type:device_code"}


@dataclass(frozen=True)
class Entrance:
    """One app, and what stands between a person and it."""

    client_id: str
    name: str
    obstacle: Any
    """Why they may not sign in, or None."""


@dataclass(frozen=True)
class Consequence:
    """What the consent page of one app would list for a person."""

    name: str
    asks: bool
    lines: list[tuple[str, Any, str]]
    """Scope, sentence and the person's own value."""
    refused: list[str]
    """Scopes the person has no right to."""


def entrances(user: User, *, after: str = "", limit: int = 26) -> list[Entrance]:
    """List apps by id, and whether a person may sign in to each."""
    roles = set(role_names(user.id))
    return [Entrance(row.id, row.name, _obstacle(user, roles, row)) for row in list_clients(after=after, limit=limit)]


def consent_of(user: User, client_id: str) -> Consequence | None:
    """Say what consent at an app would be about, for all scopes it may ask for; None when there is no such app."""
    client = find_client(client_id)
    if client is None:
        return None
    decision = decide_scopes(user.id, client, list(client.scopes), [])
    lines = [(key.rpartition(" ")[2], describe_key(key).title, preview(user, key)) for key in decision.keys]
    known = find_consent(user.id, client.id)
    asks = not client.first_party and (known is None or not set(decision.keys) <= set(known.scopes))
    return Consequence(client.name, asks, lines, decision.refused)


def _obstacle(user: User, roles: set[str], client: Any) -> Any:
    if not user.is_active:
        return _l("The account is not in use.")
    if client.disabled_at is not None:
        return _l("The app is turned off.")
    if not _INTERACTIVE.intersection(client.grant_types):
        return _l("Nobody signs in to it: it acts for itself.")
    if client.allowed_roles and not roles.intersection(client.allowed_roles):
        return _l("It takes one of these roles: %(roles)s.", roles=", ".join(client.allowed_roles))
    return None
