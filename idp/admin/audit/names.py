"""Who and what events are about, as people know them: read at once for a page of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from idp.accounts.models import User
from idp.admin.routes import may
from idp.audit.models import Event
from idp.clients.models import Client
from idp.core.db import db

_BY_NAME = {"role": ("admin.role", "admin.roles.read"), "webhook": ("admin.webhook", "admin.webhooks.read")}
"""What the trail calls by its name: the page about it, and the permission that this one needs."""


@dataclass(frozen=True)
class Named:
    """Somebody or something by name, with the page about it where the reader may see that."""

    name: str
    url: str | None = None


def names_of(events: Iterable[Event]) -> dict[str, Named]:
    """Return whom and what events are by or about, by the words of the trail; people and apps that are gone are not."""
    return named_by(
        word for event in events for word in (event.actor, event.subject, f"client:{event.client_id or ''}")
    )


def named_by(words: Iterable[str | None]) -> dict[str, Named]:
    """Return whom and what words of the trail mean; people and apps that are gone are not."""
    seen: dict[str, set[str]] = defaultdict(set)
    for word in words:
        kind, _colon, name = (word or "").partition(":")
        if name:
            seen[kind].add(name)
    return {**_people(seen["user"]), **_clients(seen["client"]), **_links(seen)}


def _people(ids: Collection[str]) -> dict[str, Named]:
    if not ids or not may("admin.users.read"):
        return {}
    rows = db.session.execute(select(User.id, User.email).where(User.id.in_(ids)))
    return {f"user:{row.id}": Named(row.email, url_for("admin.user", user_id=row.id)) for row in rows}


def _clients(ids: Collection[str]) -> dict[str, Named]:
    if not ids or not may("admin.clients.read"):
        return {}
    rows = db.session.execute(select(Client.id, Client.name).where(Client.id.in_(ids)))
    return {f"client:{row.id}": Named(row.name, url_for("admin.client", client_id=row.id)) for row in rows}


def _links(seen: dict[str, set[str]]) -> dict[str, Named]:
    return {
        f"{kind}:{name}": Named(name, url_for(endpoint, name=name))
        for kind, (endpoint, permission) in _BY_NAME.items()
        if may(permission)
        for name in seen[kind]
        if "/" not in name
    }
