"""Who and what events are about, as people know them: read at once for a page of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from idp.accounts.models import User
from idp.admin.routes import may
from idp.audit.models import Event
from idp.clients.service import find_client
from idp.core.db import db


@dataclass(frozen=True)
class Named:
    """Somebody or something by name, with the page about it where the reader may see that."""

    name: str
    url: str | None = None


def names_of(events: Iterable[Event]) -> dict[str, Named]:
    """Return the people and apps that events are by or about, by the words of the trail; who is gone is not there."""
    seen = {text for event in events for text in (event.actor, event.subject) if text}
    people = [text.removeprefix("user:") for text in seen if text.startswith("user:")]
    return {**_people(people), **_clients(text.removeprefix("client:") for text in seen if text.startswith("client:"))}


def _people(ids: list[str]) -> dict[str, Named]:
    if not ids or not may("admin.users.read"):
        return {}
    rows = db.session.execute(select(User.id, User.email).where(User.id.in_(ids)))
    return {f"user:{row.id}": Named(row.email, url_for("admin.user", user_id=row.id)) for row in rows}


def _clients(ids: Iterable[str]) -> dict[str, Named]:
    if not may("admin.clients.read"):
        return {}
    found = {client_id: find_client(client_id) for client_id in ids}
    return {
        f"client:{client_id}": Named(client.name, url_for("admin.client", client_id=client_id))
        for client_id, client in found.items()
        if client is not None
    }
