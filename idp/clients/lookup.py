"""Find a client fast: parsed once, remembered, forgotten when the change feed names it."""

import logging
import re

from flask import Flask
from sqlalchemy import bindparam, select

from idp.clients.info import ClientInfo
from idp.clients.models import Client, ClientSecret
from idp.core.cache import Cache
from idp.core.db import single_statements
from idp.feed.service import on_change

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:/-]{2,199}")
_log = logging.getLogger("idp.clients")
_cache: Cache[ClientInfo] = Cache("idp.clients", most=5000)
_READ = select(Client.__table__).where(Client.id == bindparam("client_id"))
_READ_SECRETS = (
    select(ClientSecret.id, ClientSecret.digest, ClientSecret.expires_at)
    .where(ClientSecret.client_id == bindparam("client_id"))
    .order_by(ClientSecret.id)
)


def find_client(client_id: str) -> ClientInfo | None:
    """Return a client as the protocol reads it, or None; remembered, so that it costs no query."""
    return _cache.get(client_id, lambda: _load(client_id)) if ID.fullmatch(client_id) else None


def forget(client_id: str = "*", *, app: Flask | None = None) -> None:
    """Drop a remembered client, or all of them."""
    _cache.forget(client_id, app=app)


@on_change("client")
def _on_change(client_id: str) -> None:
    forget(client_id)


def _load(client_id: str) -> ClientInfo | None:
    with single_statements() as connection:
        try:
            row = connection.execute(_READ, {"client_id": client_id}).first()
            secrets = connection.execute(_READ_SECRETS, {"client_id": client_id}).all() if row else []
            return ClientInfo.from_row(row, secrets) if row else None
        except (ValueError, TypeError):
            # A row that cannot be read is no client; the others must not suffer from it.
            _log.exception("client %s cannot be read", client_id)
            return None
