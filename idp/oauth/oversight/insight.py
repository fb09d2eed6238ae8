"""What one person would meet at apps: whether they may sign in, why not, and what consent would say."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.accounts.models import User
from idp.clients.service import ClientInfo, find_client, list_clients
from idp.oauth.authorize.consent import preview
from idp.oauth.authorize.consents import find_consent
from idp.oauth.scopes import decide_scopes, describe_key
from idp.oauth.standing import CLIENT_OFF, NO_ROLE, PERSON_OFF, NotUsable, check_standing

_WORDS = {
    CLIENT_OFF: _l("The app is turned off."),
    PERSON_OFF: _l("The account is not in use."),
    NO_ROLE: _l("It takes one of these roles: %(roles)s."),
}
_INTERACTIVE = {"authorization_code", "urn:ietf:params:oauth:grant-type:device_code"}


@dataclass(frozen=True)
class Entrance:
    """One app, and what stands between a person and it."""

    client_id: str
    name: str
    obstacle: Any
    """Why they may not sign in, or None."""


@dataclass(frozen=True)
class Verdict:
    """Whether one person may sign in to one app, and what it would get of what it may ask for."""

    obstacle: Any
    """Why they may not sign in, or None."""
    granted: list[tuple[str, str, Any]]
    """API or nothing, name and sentence of each scope."""
    refused: list[str]
    """Scopes the person has no right to."""


@dataclass(frozen=True)
class Consequence:
    """What the consent page of one app would list for a person."""

    name: str
    asks: bool
    lines: list[tuple[str, Any, str]]
    """Scope, sentence and the person's own value."""
    refused: list[str]
    """Scopes the person has no right to."""


def entrances(user: User, *, after: str = "", before: str = "", limit: int = 26) -> list[Entrance]:
    """List apps by id, and whether a person may sign in to each; with `before`, backwards from there."""
    rows = list_clients(after=after, before=before, limit=limit)
    return [Entrance(row.id, row.name, _obstacle(user, find_client(row.id))) for row in rows]


def judge(user: User, client_id: str) -> Verdict:
    """Tell whether a person may sign in to an app, and for what, as a request for it would be judged."""
    client = find_client(client_id)
    if client is None:
        return Verdict(_WORDS[CLIENT_OFF], [], [])
    decision = decide_scopes(user.id, client, sorted(client.scopes), [])
    granted = [(key.rpartition(" ")[0], describe_key(key).name, describe_key(key).title) for key in decision.keys]
    return Verdict(_obstacle(user, client), granted, decision.refused)


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


def _obstacle(user: User, client: ClientInfo | None) -> Any:
    """Return what stands between a person and an app, asked of the judge that sign-ins ask."""
    if client is not None and not _INTERACTIVE.intersection(client.grant_types):
        return _l("Nobody signs in to it: it acts for itself.")
    try:
        check_standing(client=client, user=user)
    except NotUsable as over:
        roles = ", ".join(sorted(client.allowed_roles)) if client else ""
        return _WORDS.get(over.reason, over.reason) % {"roles": roles}
    return None
