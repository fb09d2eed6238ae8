"""HELD: everything that is stored about a person, table by table; a test fails when a table of people is missing.

Secrets stay out: a digest or a seed in a file would open the account, and tells its owner nothing.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, or_, select

from idp.access import service as access
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db
from idp.core.settings import settings

Rows = Callable[[Table, str], ColumnElement[bool]]


@dataclass(frozen=True)
class Held:
    """One table with rows about people."""

    belongs: Rows
    """Which rows are about a person, by their id."""
    secret: frozenset[str] = frozenset()
    """Columns that could open something, or are only of use to the database."""


def _by(column: str) -> Rows:
    return lambda table, user_id: table.c[column] == user_id


def _by_grant(table: Table, user_id: str) -> ColumnElement[bool]:
    grants = db.metadata.tables["grants"]
    return table.c.grant_id.in_(select(grants.c.id).where(grants.c.user_id == user_id))


def _in_interaction(table: Table, user_id: str) -> ColumnElement[bool]:
    return or_(table.c.user_id == user_id, table.c.proved_user_id == user_id, table.c.settled_user_id == user_id)


def _in_audit(table: Table, user_id: str) -> ColumnElement[bool]:
    return or_(table.c.subject == f"user:{user_id}", table.c.actor == f"user:{user_id}")


def _secret(*names: str) -> frozenset[str]:
    return frozenset(names)


HELD: dict[str, Held] = {
    "users": Held(_by("id"), _secret("password_hash")),
    "pictures": Held(_by("user_id")),
    "email_changes": Held(_by("user_id")),
    "email_tokens": Held(_by("user_id"), _secret("digest", "code_digest", "browser_digest", "credential")),
    "user_roles": Held(_by("user_id")),
    "group_members": Held(_by("user_id")),
    "sessions": Held(_by("user_id"), _secret("digest", "browser_digest")),
    "known_browsers": Held(_by("user_id"), _secret("browser_digest")),
    "trusted_browsers": Held(_by("user_id"), _secret("digest")),
    "interactions": Held(_in_interaction, _secret("browser_digest", "payload", "proved_credential")),
    "passkeys": Held(_by("user_id"), _secret("public_key")),
    "totp_authenticators": Held(_by("user_id"), _secret("seed")),
    "recovery_codes": Held(_by("user_id"), _secret("digest")),
    "api_keys": Held(_by("user_id"), _secret("digest")),
    "api_answers": Held(_by("user_id"), _secret("id", "request_digest", "answer")),
    "consents": Held(_by("user_id")),
    "grants": Held(_by("user_id")),
    "authorization_codes": Held(_by_grant, _secret("digest", "code_challenge")),
    "refresh_tokens": Held(_by_grant, _secret("digest")),
    "device_codes": Held(_by_grant, _secret("digest", "user_digest")),
    "audit_events": Held(_in_audit, _secret("hash", "previous", "position", "salt", "personal")),
}


def hand_out(user_id: str) -> str:
    """Return everything about a person as JSON, for them or an administrator, and write down that it was asked."""
    record(Tag.DATA_EXPORTED, subject=f"user:{user_id}")
    return json.dumps(export(user_id), ensure_ascii=False, indent=2) + "\n"


def export(user_id: str) -> dict[str, Any]:
    """Collect everything about a person, without what could open the account."""
    tables = {name: _rows(db.metadata.tables[name], held, user_id) for name, held in HELD.items()}
    return {
        "issuer": settings().issuer,
        "exported_at": _plain(now()),
        "roles": access.role_names(user_id),
        "groups": access.group_names(user_id),
        **tables,
    }


def _rows(table: Table, held: Held, user_id: str) -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.name not in held.secret]
    query = select(*columns).where(held.belongs(table, user_id))
    for key in table.primary_key:
        query = query.order_by(key)
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in db.session.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name for it


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value
