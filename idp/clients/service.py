"""Make, change and find clients."""

import re
from typing import Any

from flask import Flask, current_app
from sqlalchemy import delete, func, select, update

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients import signals
from idp.clients.errors import CHANGED, NO_CLIENT, TAKEN, Conflict, InvalidMetadata, NotFound
from idp.clients.info import ClientInfo, waste_secret_time
from idp.clients.metadata import RULES, clean, needs_secret
from idp.clients.models import Client, ClientSecret
from idp.clients.secret_store import add_secret, insert_secret, list_secrets, remove_secret
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.secrets import new_id
from idp.feed.service import on_change, publish

__all__ = [
    "ClientInfo",
    "add_secret",
    "create_client",
    "delete_client",
    "disable_client",
    "enable_client",
    "find_client",
    "forget",
    "get_client",
    "list_clients",
    "list_secrets",
    "remove_secret",
    "update_client",
    "waste_secret_time",
]

_EXTENSION = "idp.clients"
_MOST_REMEMBERED = 5000
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:/-]{2,199}")


def find_client(client_id: str) -> ClientInfo | None:
    """Return a client as the protocol reads it, or None; remembered, so it costs no query."""
    known: dict[str, ClientInfo] = current_app.extensions.setdefault(_EXTENSION, {})
    if client_id in known:
        return known[client_id]
    row = db.session.get(Client, client_id) if _ID.fullmatch(client_id) else None
    if row is None:
        return None
    info = ClientInfo.from_row(row, list_secrets(client_id))
    if len(known) >= _MOST_REMEMBERED:
        known.pop(next(iter(known)), None)
    known[client_id] = info
    return info


def get_client(client_id: str) -> Client:
    """Return a client's row; raise NotFound."""
    row = db.session.get(Client, client_id)
    if row is None:
        raise NotFound(NO_CLIENT)
    return row


def list_clients(*, limit: int = 500, after: str = "") -> list[Client]:
    """List clients by id."""
    query = select(Client).where(Client.id > after).order_by(Client.id).limit(limit)
    return list(db.session.execute(query).scalars())


def create_client(
    *, name: str, client_id: str | None = None, secret: str | None = None, actor: str | None = None, **values: Any
) -> tuple[Client, str | None]:
    """Make a client; return its row and its secret, which is shown this once. Raises InvalidMetadata, Conflict."""
    cleaned = clean({"name": name, **values})
    client_id = client_id or new_id().lower()
    if not _ID.fullmatch(client_id):
        raise InvalidMetadata("client_id", TAKEN)
    with transaction() as session:
        if session.get(Client, client_id):
            raise Conflict(TAKEN, field="client_id")
        row = Client(id=client_id, **cleaned)
        session.add(row)
        session.flush()
        secret = insert_secret(client_id, value=secret) if needs_secret(cleaned) else None
        record(Tag.CLIENT_CREATED, actor=actor, subject=f"client:{client_id}", client_id=client_id, after=cleaned)
        publish("client", client_id)
        return row, secret


def update_client(
    client_id: str, changes: dict[str, Any], *, expected_version: int | None = None, actor: str | None = None
) -> Client:
    """Change some fields of a client; raise Conflict when `expected_version` is not the present one."""
    with transaction() as session:
        row = get_client(client_id)
        before = {name: getattr(row, name) for name in RULES}
        cleaned = clean({**before, **changes})
        changed = {name: value for name, value in cleaned.items() if getattr(row, name) != value}
        version = row.version if expected_version is None else expected_version
        taken = session.execute(
            update(Client)
            .where(Client.id == client_id, Client.version == version)
            .values(**changed, version=Client.version + 1, updated_at=now())
            .returning(Client.id)
        ).first()
        if taken is None:
            raise Conflict(CHANGED)
        old = {name: before.get(name) for name in changed}
        record(
            Tag.CLIENT_EDITED,
            actor=actor,
            subject=f"client:{client_id}",
            client_id=client_id,
            before=old,
            after=changed,
        )
        publish("client", client_id)
        session.refresh(row)
        return row


def disable_client(client_id: str, *, actor: str | None = None) -> None:
    """Turn a client off; everything it was granted ends at once."""
    with transaction() as session:
        row = get_client(client_id)
        if row.disabled_at is not None:
            return
        session.execute(
            update(Client).where(Client.id == client_id).values(disabled_at=now(), version=Client.version + 1)
        )
        signals.client_disabled.send(row, client_id=client_id)
        record(Tag.CLIENT_DISABLED, actor=actor, subject=f"client:{client_id}", client_id=client_id)
        publish("client", client_id)


def enable_client(client_id: str, *, actor: str | None = None) -> None:
    """Turn a client on again; nothing that was ended comes back."""
    with transaction() as session:
        get_client(client_id)
        session.execute(
            update(Client).where(Client.id == client_id).values(disabled_at=None, version=Client.version + 1)
        )
        record(Tag.CLIENT_ENABLED, actor=actor, subject=f"client:{client_id}", client_id=client_id)
        publish("client", client_id)


def delete_client(client_id: str, *, actor: str | None = None) -> None:
    """Delete a client with its secrets and everything it was granted."""
    with transaction() as session:
        row = get_client(client_id)
        signals.client_disabled.send(row, client_id=client_id)
        session.execute(delete(ClientSecret).where(ClientSecret.client_id == client_id))
        session.delete(row)
        record(Tag.CLIENT_DELETED, actor=actor, subject=f"client:{client_id}", client_id=client_id)
        publish("client", client_id)


def count_clients() -> int:
    """Return how many clients there are."""
    return int(db.session.execute(select(func.count()).select_from(Client)).scalar_one())


def forget(app: Flask | None = None) -> None:
    """Drop the remembered clients."""
    (app or current_app).extensions.pop(_EXTENSION, None)


@on_change("client")
def _on_change(client_id: str) -> None:
    known = current_app.extensions.get(_EXTENSION, {})
    if client_id == "*":
        known.clear()
    known.pop(client_id, None)
