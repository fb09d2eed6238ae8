"""What one transaction at a time may do, on every server: each such thing has its number here, and only here.

SQLite needs none of it: whoever writes there holds the whole file already.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum, unique

from sqlalchemy import text

from idp.core.db import db, is_postgresql


@unique
class Held(IntEnum):
    """What is held, with the number by which PostgreSQL knows it."""

    CHAIN = 0x1D9A0D17
    """To chain the events of the trail."""
    PURGE = 0x1D9A0D18
    """To begin or go on with a purge of the trail."""
    COUNTS = 0x1D9C07
    """To count events by day."""
    FEED = 0x1D9FEED
    """To tell of a change: numbers must become visible in their order, or a reader would pass over one."""
    KEYS = 0x1D9CE1
    """To change which key signs."""
    LOGOS = 0x1D9B7A
    """To change the logos of the house."""
    OWNERS = 0x1D90E4
    """To change who is an owner."""
    SCHEMA = 0x1D95C4E3
    """To migrate the database."""
    SETTINGS = 0x1D95E7
    """To change settings."""


def hold(what: Held) -> None:
    """Let nobody else do this until the present transaction ends; what comes after sees what came before."""
    if is_postgresql():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": what.value})


@contextmanager
def held(what: Held) -> Iterator[None]:
    """Let nobody else do this meanwhile, over however many transactions; on SQLite it holds nobody out."""
    if not is_postgresql():
        yield
        return
    with db.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": what.value})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": what.value})
