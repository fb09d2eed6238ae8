"""The database schema: where it stands, and how it moves on."""

import warnings
from dataclasses import dataclass
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SAWarning

from idp.core.db import db
from idp.core.holding import Held, held

_EXPRESSIONS = {
    "ix_users_lower_name_id", "ix_users_email_bytes", "ix_users_username_bytes",
    "ix_users_external_id_bytes", "ix_clients_lower_name",
    "ix_clients_id_bytes",
}  # fmt: skip


@dataclass(frozen=True)
class SchemaState:
    """Which revision the database is at, and which ones the code has."""

    current: str | None
    head: str | None
    pending: int
    known: bool

    @property
    def is_current(self) -> bool:
        """Whether nothing is to be done."""
        return self.current == self.head

    def describe(self) -> str:
        """Say it in words."""
        if self.is_current:
            return f"schema current (head {self.head})"
        if self.current is None:
            return "no schema yet"
        if not self.known:
            return f"schema {self.current} is newer than this version of idp"
        return f"{self.pending} migrations behind (at {self.current}, head {self.head})"


def find_state() -> SchemaState:
    """Ask the database where its schema stands."""
    script = ScriptDirectory.from_config(_config())
    revisions = [revision.revision for revision in script.walk_revisions()]
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    known = current is None or current in revisions
    pending = revisions.index(current) if current in revisions else len(revisions)
    return SchemaState(current, revisions[0] if revisions else None, pending, known)


def is_known(revision: str | None) -> bool:
    """Tell whether a revision is one of this version's."""
    script = ScriptDirectory.from_config(_config())
    return any(each.revision == revision for each in script.walk_revisions())


def upgrade() -> int:
    """Bring the schema to the head; return how many migrations ran. Safe to call from several places at once."""
    with held(Held.SCHEMA):
        pending = find_state().pending
        if pending:
            command.upgrade(_config(), "head")
    return pending


def differences() -> list[Any]:
    """List what the tables have that the models don't, and the other way round."""
    with db.engine.connect() as connection, warnings.catch_warnings():
        # Indexes on expressions cannot be read back: what is not compared is not missing.
        warnings.filterwarnings("ignore", "Skipped unsupported reflection", SAWarning)
        warnings.filterwarnings(
            "ignore", "autogenerate skipping metadata-specified expression-based index", UserWarning
        )
        return list(compare_metadata(_context(connection), db.metadata))


def write_revision(what: str) -> str:
    """Write a migration that brings the tables to the models; return its file."""
    script = command.revision(_config(), what, autogenerate=True)
    return str(getattr(script, "path", ""))


def _context(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(
        connection, opts={"compare_type": False, "target_metadata": db.metadata, "include_object": _is_compared}
    )


def _is_compared(_thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Leave out indexes on expressions: databases give these back in words of their own."""
    return kind != "index" or name not in _EXPRESSIONS


def _config() -> Config:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config
