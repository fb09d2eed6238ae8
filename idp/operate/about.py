"""What somebody wants to know of the house before they ask for help: version, schema, database, worker."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from idp import __version__
from idp.core.db import db, is_postgresql
from idp.core.settings import settings
from idp.operate import checks_house, heartbeat, schema

_DUMP = 'pg_dump --format=custom --file=idp.dump "$IDP_DATABASE__URL"'
_COPY = 'sqlite3 "{}" ".backup idp-copy.db"'


@dataclass(frozen=True)
class About:
    """The house in a few facts."""

    version: str
    schema: schema.SchemaState
    engine: str
    bytes: int
    worker_seen_at: datetime | None
    keys_dir: str
    backup: str
    """The command that copies the database while the server runs."""


def about() -> About:
    """Ask for the facts."""
    return About(
        __version__, schema.find_state(), checks_house.engine(), _size(), heartbeat.find_last(),
        str(settings().keys_dir), _backup(),
    )  # fmt: skip


def _backup() -> str:
    """Name the command; addresses of databases can hold a password and stand in it as variables only."""
    if is_postgresql():
        return _DUMP
    return _COPY.format("${IDP_DATABASE__URL#sqlite:///}" if settings().database.url else "$IDP_STATE_DIR/idp.db")


def _size() -> int:
    """Return how many bytes the database takes."""
    if is_postgresql():
        return int(db.session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages, size = (int(db.session.execute(text(f"PRAGMA {name}")).scalar_one()) for name in ("page_count", "page_size"))
    return pages * size
