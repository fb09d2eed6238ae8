"""The secrets of a client: made here, shown once, kept as digests, overlapping during a rotation."""

from datetime import datetime

from sqlalchemy import delete, select

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.errors import LAST_SECRET, NO_CLIENT, NO_SECRET, NO_SECRETS_HERE, Conflict, InvalidMetadata, NotFound
from idp.clients.models import Client, ClientSecret
from idp.clients.types import SECRET_METHODS
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.secrets import digest, random_token
from idp.feed.service import publish

PREFIX = "idps_"
_SHORTEST = 32


def list_secrets(client_id: str) -> list[ClientSecret]:
    """List the secrets of a client, oldest first."""
    query = select(ClientSecret).where(ClientSecret.client_id == client_id).order_by(ClientSecret.created_at)
    return list(db.session.execute(query).scalars())


def add_secret(
    client_id: str, *, label: str = "", expires_at: datetime | None = None, actor: str | None = None
) -> tuple[ClientSecret, str]:
    """Add a secret next to those that work; return its row and its value, which is shown this once."""
    with transaction() as session:
        client = session.get(Client, client_id)
        if client is None:
            raise NotFound(NO_CLIENT)
        if client.token_endpoint_auth_method not in SECRET_METHODS:
            raise Conflict(NO_SECRETS_HERE)
        value = insert_secret(client_id, label=label, expires_at=expires_at)
        row = list_secrets(client_id)[-1]
        record(
            Tag.CLIENT_SECRET_ADDED, actor=actor, subject=f"client:{client_id}", client_id=client_id, hint=row.hint,
            label=label,
        )  # fmt: skip
        publish("client", client_id)
        return row, value


def remove_secret(client_id: str, secret_id: str, *, actor: str | None = None) -> None:
    """Remove a secret; the last live one stays."""
    with transaction() as session:
        rows = list_secrets(client_id)
        row = next((row for row in rows if row.id == secret_id), None)
        if row is None:
            raise NotFound(NO_SECRET)
        if not any(_is_live(other) for other in rows if other.id != secret_id):
            raise Conflict(LAST_SECRET)
        session.execute(delete(ClientSecret).where(ClientSecret.id == secret_id))
        record(
            Tag.CLIENT_SECRET_REMOVED, actor=actor, subject=f"client:{client_id}", client_id=client_id, hint=row.hint
        )
        publish("client", client_id)


def insert_secret(
    client_id: str, *, value: str | None = None, label: str = "", expires_at: datetime | None = None
) -> str:
    """Store a secret in the caller's transaction and return it; a given one has at least 32 characters."""
    value = value or random_token(PREFIX)
    if len(value) < _SHORTEST:
        raise InvalidMetadata("client_secret", NO_SECRET)
    db.session.add(
        ClientSecret(client_id=client_id, digest=digest(value), hint=value[-4:], label=label, expires_at=expires_at)
    )
    db.session.flush()
    return value


def _is_live(row: ClientSecret) -> bool:
    return row.expires_at is None or row.expires_at > now()
