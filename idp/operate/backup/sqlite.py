"""SQLite: copied page by page while the server writes, and set back by putting one file in the place of another."""

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from idp.core.cli import CONFLICT
from idp.core.db import db
from idp.operate.backup.refusals import RefusedBackup

_PATIENCE_SECONDS = 15
_OF_THE_FILE = ("-wal", "-shm", "-journal")
_IN_USE = (
    "{} is open in another process. Stop the server and the worker first; --force does not help here, for they would "
    "go on writing into the file that is taken away"
)


def place() -> Path:
    """Return the file of the database; raise RefusedBackup for one that is in memory only."""
    name = db.engine.url.database
    if not name or name == ":memory:":
        raise RefusedBackup("the database is in memory: there is nothing to keep")
    return Path(name)


def dump(target: Path) -> None:
    """Copy what is committed at this moment, the write-ahead log included, while others read and write."""
    with (
        contextlib.closing(sqlite3.connect(place(), timeout=_PATIENCE_SECONDS)) as source,
        contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        # All pages in one step are those of one moment; in several, each write begins the copy anew.
        source.backup(copy, pages=-1)
        # The copy is one file, and needs no log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        _check(copy, target)


def revision_of(dump: Path) -> str | None:
    """Return the schema of a dump."""
    with contextlib.closing(sqlite3.connect(dump)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else None


def check_dump(dump: Path) -> None:
    """Raise RefusedBackup for a file that is no whole database."""
    with contextlib.closing(sqlite3.connect(dump)) as connection:
        _check(connection, dump)


def let_go() -> None:
    """Fold the log of the present file into it, which nobody else may have open; raise RefusedBackup when one has.

    A log that stayed behind would be taken for one of the file that comes in its place.
    """
    path = place()
    db.session.remove()
    db.engine.dispose()
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise RefusedBackup(_IN_USE.format(path), CONFLICT) from error
    except sqlite3.DatabaseError:
        # It cannot be read any more, which is why somebody restores it: nothing of its log is to be kept.
        for end in _OF_THE_FILE:
            path.with_name(path.name + end).unlink(missing_ok=True)
        return
    if mode != "delete":
        raise RefusedBackup(_IN_USE.format(path), CONFLICT)


def restore(staged: Path) -> None:
    """Put a checked dump, which lies in the same folder, in the place of the present file, whole or not at all."""
    path = place()
    let_go()
    if path.exists():
        shutil.copymode(path, staged)
        staged.chmod(staged.stat().st_mode & ~0o007)
        with contextlib.suppress(PermissionError):
            os.chown(staged, path.stat().st_uid, path.stat().st_gid)
    staged.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    try:
        answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise RefusedBackup(f"{path.name} is no whole SQLite database: {error}") from error
    if answer != "ok":
        raise RefusedBackup(f"{path.name} is no whole SQLite database: {answer}")
