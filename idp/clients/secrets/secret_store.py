"""The secrets of a client: made here, shown once, kept as digests, overlapping during a rotation."""

from datetime import datetime

from sqlalchemy import delete, select, update

from idp.audit.tags import Tag
from idp.clients.changes import record_change
from idp.clients.errors import (
    LAST_SECRET,
    MANY_SECRETS,
    NO_CLIENT,
    NO_SECRET,
    NO_SECRETS_HERE,
    SHORT_SECRET,
    Conflict,
    InvalidMetadata,
    NotFound,
)
from idp.clients.models import Client, ClientSecret
from idp.clients.types import SECRET_METHODS
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, transaction
from idp.core.secrets import digest, equal, random_token

PREFIX = "idps_"
_SHORTEST = 32
MOST = 5
"""So many secrets a client has at once."""


def list_secrets(client_id: str) -> list[ClientSecret]:
    """List the secrets of a client, oldest first."""
    query = select(ClientSecret).where(ClientSecret.client_id == client_id)
    return list(db.session.execute(query.order_by(ClientSecret.created_at, ClientSecret.id)).scalars())


def get_secret(client_id: str, secret_id: str) -> ClientSecret:
    """Return a secret of a client; raise NotFound."""
    row = next((row for row in list_secrets(client_id) if row.id == secret_id), None)
    if row is None:
        raise NotFound(NO_SECRET)
    return row


def add_secret(
    client_id: str,
    *,
    value: str | None = None,
    label: str = "",
    expires_at: datetime | None = None,
    actor: str | None = None,
) -> tuple[ClientSecret, str]:
    """Add a secret next to those that work; return its row and its value, which is shown this once.

    `value` is a secret that was made elsewhere; else one is made.
    """
    with transaction():
        client = _lock_client(client_id)
        if client.token_endpoint_auth_method not in SECRET_METHODS:
            raise Conflict(NO_SECRETS_HERE)
        if len(list_secrets(client_id)) >= MOST:
            raise Conflict(MANY_SECRETS)
        row, new = insert_secret(client_id, value=value, label=label, expires_at=expires_at, actor=actor)
        _changed(Tag.CLIENT_SECRET_ADDED, row, actor)
        return row, new


def remove_secret(client_id: str, secret_id: str, *, actor: str | None = None) -> None:
    """Remove a secret; the last one that works stays."""
    with transaction():
        _lock_client(client_id)
        rows = list_secrets(client_id)
        row = next((row for row in rows if row.id == secret_id), None)
        if row is None:
            raise NotFound(NO_SECRET)
        if not any(is_live(other) for other in rows if other.id != secret_id):
            raise Conflict(LAST_SECRET)
        db.session.execute(delete(ClientSecret).where(ClientSecret.id == secret_id))
        _changed(Tag.CLIENT_SECRET_REMOVED, row, actor)


def insert_secret(
    client_id: str,
    *,
    value: str | None = None,
    label: str = "",
    expires_at: datetime | None = None,
    actor: str | None = None,
) -> tuple[ClientSecret, str]:
    """Store a secret in the caller's transaction; return its row and its value."""
    value = value or random_token(PREFIX)
    check_secret(value)
    label = " ".join("".join(sign for sign in label if sign.isprintable()).split())[:120]
    row = ClientSecret(
        client_id=client_id, digest=digest(value), hint=value[-4:], label=label, expires_at=expires_at,
        created_at=now(), created_by=(actor or context().actor)[:120],
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row, value


def check_secret(value: str) -> None:
    """Raise InvalidMetadata for a secret that could be guessed, or that cannot stand in a header."""
    if len(value) < _SHORTEST or not value.isascii() or not value.isprintable():
        raise InvalidMetadata("client_secret", SHORT_SECRET)


def has_live_secret(client_id: str, value: str | None = None) -> bool:
    """Tell whether some secret of a client works, or whether this one does."""
    wanted = digest(value) if value is not None else None
    return any(is_live(row) and (wanted is None or equal(wanted, row.digest)) for row in list_secrets(client_id))


def forget_maker(user_id: str) -> None:
    """Name no longer a person who is erased as the maker of secrets."""
    mine = update(ClientSecret).where(ClientSecret.created_by == f"user:{user_id}")
    db.session.execute(mine.values(created_by=None), execution_options={"synchronize_session": False})


def drop_secrets(client_id: str, *, actor: str | None = None) -> None:
    """Remove every secret of a client that authenticates otherwise from now on."""
    for row in list_secrets(client_id):
        db.session.execute(delete(ClientSecret).where(ClientSecret.id == row.id))
        _changed(Tag.CLIENT_SECRET_REMOVED, row, actor)


def _lock_client(client_id: str) -> Client:
    """Return a client's row, and let one transaction at a time change its secrets."""
    client = db.session.execute(
        select(Client).where(Client.id == client_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if client is None:
        raise NotFound(NO_CLIENT)
    return client


def _changed(tag: Tag, row: ClientSecret, actor: str | None) -> None:
    record_change(tag, row.client_id, actor, secret=row.id, hint=row.hint, label=row.label)


def is_live(row: ClientSecret) -> bool:
    """Tell whether a secret works now."""
    return row.expires_at is None or row.expires_at > now()
