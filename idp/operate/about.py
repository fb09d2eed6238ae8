"""What somebody wants to know of the house before they ask for help: version, schema, database, worker."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from idp import __version__
from idp.core.db import db, is_postgresql
from idp.core.settings import settings
from idp.operate import heartbeat, schema
from idp.operate.backup.last import find_last
from idp.operate.doctor import house

BACKUP = "idp db backup idp-$(date +%F).tar"
"""The command that copies the database while the server runs."""


@dataclass(frozen=True)
class About:
    """The house in a few facts."""

    version: str
    schema: schema.SchemaState
    engine: str
    bytes: int
    worker_seen_at: datetime | None
    keys_dir: str
    backed_up_at: datetime | None
    """When that was done last with our own command; None where it never was."""


def about() -> About:
    """Ask for the facts."""
    return About(
        __version__, schema.find_state(), house.engine(), _size(), heartbeat.find_last(),
        str(settings().keys_dir), find_last(),
    )  # fmt: skip


def _size() -> int:
    """Return how many bytes the database takes."""
    if is_postgresql():
        return int(db.session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages, size = (int(db.session.execute(text(f"PRAGMA {name}")).scalar_one()) for name in ("page_count", "page_size"))
    return pages * size
