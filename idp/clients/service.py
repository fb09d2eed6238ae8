"""Make, change and find clients."""

import re
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from idp.audit.tags import Tag
from idp.clients import signals, uses
from idp.clients.changes import record_change, told
from idp.clients.errors import NO_CLIENT, TAKEN, UNFIT_ID, Conflict, InvalidMetadata, NotFound
from idp.clients.info import ClientInfo, waste_secret_time
from idp.clients.logos import drop_logo
from idp.clients.lookup import ID, find_client, forget
from idp.clients.metadata.rules import LISTS, RULES, clean, needs_secret
from idp.clients.models import Client
from idp.clients.secrets.secret_store import (
    add_secret,
    drop_secrets,
    get_secret,
    insert_secret,
    list_secrets,
    remove_secret,
)
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.errors import ChangedMeanwhile
from idp.core.keyset import page_of
from idp.core.secrets import new_id

__all__ = [
    "ClientInfo", "add_secret", "check_client_id", "count_clients", "create_client", "delete_client",
    "disable_client", "enable_client", "find_client", "forget", "get_client", "get_secret", "list_clients",
    "list_secrets", "remove_secret", "update_client", "waste_secret_time",
]  # fmt: skip

_PERSON_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def get_client(client_id: str) -> Client:
    """Return a client's row; raise NotFound."""
    row = db.session.get(Client, client_id) if ID.fullmatch(client_id) else None
    if row is None:
        raise NotFound(NO_CLIENT)
    return row


def list_clients(*, limit: int = 500, after: str = "", before: str = "") -> list[Client]:
    """List clients by id; with `before`, backwards from there."""
    beside = [before or after] if before or after else None
    query = page_of(select(Client), [Client.id], beside, descending=False, backwards=bool(before), limit=limit)
    return list(db.session.execute(query).scalars())


def count_clients() -> int:
    """Return how many clients there are."""
    return int(db.session.execute(select(func.count()).select_from(Client)).scalar_one())


def create_client(
    *,
    name: str,
    client_id: str | None = None,
    secret: str | None = None,
    with_secret: bool = True,
    actor: str | None = None,
    **values: Any,
) -> tuple[Client, str | None]:
    """Make a client; return its row and its secret, which is shown this once. Raises InvalidMetadata, Conflict.

    `with_secret` False leaves a client that authenticates with one without, until `add_secret` gives it one.
    """
    cleaned = clean({"name": name, **values})
    client_id = client_id or new_id().lower()
    check_client_id(client_id)
    with transaction():
        row = Client(id=client_id, **cleaned)
        _add(row)
        uses.follow(client_id, row)
        needed = with_secret and needs_secret(cleaned)
        value = insert_secret(client_id, value=secret, actor=actor)[1] if needed else None
        record_change(Tag.CLIENT_CREATED, client_id, actor, after=told(cleaned))
        return row, value


def check_client_id(client_id: str) -> None:
    """Raise InvalidMetadata for what cannot be a client id."""
    # A person's id as a client id would make the `sub` of both the same (RFC 9700 §4.15).
    if not ID.fullmatch(client_id) or _PERSON_ID.fullmatch(client_id):
        raise InvalidMetadata("client_id", UNFIT_ID)


def update_client(
    client_id: str, changes: dict[str, Any], *, expected_version: int | None = None, actor: str | None = None
) -> Client:
    """Change some fields of a client; None takes a field away. Raise ChangedMeanwhile when `expected_version` is over.

    A client that comes to authenticate with a secret gets one by `add_secret`; one that no longer does loses them.
    """
    with transaction() as session:
        row = get_client(client_id)
        changes = {name: [] if value is None and name in LISTS else value for name, value in changes.items()}
        before = {name: getattr(row, name) for name in RULES}
        cleaned = clean({**before, **changes})
        changed = {name: value for name, value in cleaned.items() if getattr(row, name) != value}
        version = row.version if expected_version is None else expected_version
        taken = session.execute(
            update(Client)
            .where(Client.id == client_id, Client.version == version)
            .values({getattr(Client, name): value for name, value in changed.items()})
            .values(version=Client.version + 1, updated_at=now())
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            raise ChangedMeanwhile
        if not needs_secret(cleaned):
            drop_secrets(client_id, actor=actor)
        old = {name: before.get(name) for name in changed}
        record_change(Tag.CLIENT_EDITED, client_id, actor, before=told(old), after=told(changed))
        session.refresh(row)
        uses.follow(client_id, row)
        return row


def disable_client(client_id: str, *, actor: str | None = None) -> None:
    """Turn a client off; everything it was granted ends at once."""
    with transaction():
        row = get_client(client_id)
        if _set_disabled(client_id, now()):
            signals.client_disabled.send(row, client_id=client_id)
            record_change(Tag.CLIENT_DISABLED, client_id, actor)


def enable_client(client_id: str, *, actor: str | None = None) -> None:
    """Turn a client on again; nothing that was ended comes back."""
    with transaction():
        get_client(client_id)
        if _set_disabled(client_id, None):
            record_change(Tag.CLIENT_ENABLED, client_id, actor)


def delete_client(client_id: str, *, actor: str | None = None) -> None:
    """Delete a client with its secrets and everything it was granted."""
    with transaction() as session:
        row = get_client(client_id)
        signals.client_disabled.send(row, client_id=client_id)
        session.execute(delete(Client).where(Client.id == client_id))
        drop_logo(client_id)
        record_change(Tag.CLIENT_DELETED, client_id, actor)


def _add(row: Client) -> None:
    """Add a client; raise Conflict when its id is taken, at this very moment too."""
    if db.session.get(Client, row.id) is not None:
        raise Conflict(TAKEN, field="client_id")
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(TAKEN, field="client_id") from error


def _set_disabled(client_id: str, moment: Any) -> bool:
    """Turn a client off or on; return whether it was the other way before."""
    is_other = Client.disabled_at.is_(None) if moment else Client.disabled_at.is_not(None)
    statement = update(Client).where(Client.id == client_id, is_other)
    result = db.session.execute(statement.values(disabled_at=moment, version=Client.version + 1, updated_at=now()))
    return bool(result.rowcount)  # type: ignore[attr-defined]
