"""Make a copy of the database, and set the database back to one."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import inspect, select
from sqlalchemy.exc import DatabaseError, OperationalError

from idp import __version__
from idp.accounts.models import User
from idp.audit.service import find_events, newest_id, record, record_alone
from idp.audit.tags import Tag
from idp.core.cipher import KEY_FILE
from idp.core.cli import CONFLICT
from idp.core.clock import now
from idp.core.db import db, is_postgresql
from idp.core.settings import settings
from idp.feed import service as feed
from idp.operate import heartbeat, schema
from idp.operate.backup import archive, postgres, proof, sqlite
from idp.operate.backup.archive import Archive, Manifest
from idp.operate.backup.refusals import RefusedBackup

Answer = TypeVar("Answer")
_ALIVE = timedelta(seconds=45)
"""A worker that was seen in this time is taken to be at work: it says so every quarter of a minute."""
_MOST_ERASED = 10_000
_LONGEST_DUMP = timedelta(days=1)
"""An archive says when it was whole; what happened while it was made may not be in it."""


@dataclass(frozen=True)
class Before:
    """How far the numbers of events and of changes had come before the database was set back; 0 where nobody knows."""

    event: int = 0
    change: int = 0


def back_up(path: Path, *, with_keys: bool = False, force: bool = False) -> Archive:
    """Write an archive of the database while it is in use; raise RefusedBackup.

    What is in `path` is replaced only with `force`. It needs room for two copies beside it.
    """
    if path.exists() and not force:
        raise RefusedBackup(f"{path} is there already. Choose another name, or say --force", CONFLICT)
    if not path.parent.is_dir():
        raise RefusedBackup(f"there is no folder {path.parent}")
    kind = database_kind()
    before = schema.find_state().current
    if before is None:
        raise RefusedBackup("the database is empty: there is nothing to keep")
    with tempfile.TemporaryDirectory(prefix=".idp-backup-", dir=path.parent) as folder:
        dump = Path(folder) / archive.DUMPS[kind]
        (postgres if is_postgresql() else sqlite).dump(dump)
        revision = schema.find_state().current if is_postgresql() else sqlite.revision_of(dump)
        if revision != before:
            raise RefusedBackup("the schema was upgraded meanwhile. Run the command again", CONFLICT)
        files = {dump.name: dump, **(_key_files() if with_keys else {})}
        manifest = proof.prove(Manifest(
            issuer=settings().issuer, database=kind, revision=revision, version=__version__, at=now(),
            files={name: archive.digest_of(place) for name, place in files.items()}, sealed_with=key_marks(),
        ))  # fmt: skip
        archive.write(path, manifest, files)
    _note(
        Tag.DATABASE_BACKED_UP, file=path.name, bytes=path.stat().st_size, sha256=archive.digest_of(path),
        with_keys=with_keys,
    )  # fmt: skip
    return Archive(path, manifest)


def check_may_restore(found: Archive, *, force: bool) -> None:
    """Raise RefusedBackup for an archive that does not fit this server, or is not its own, and while anything works.

    With `force` only the first. What works is a server or a worker.
    """
    manifest = found.manifest
    if manifest.database != database_kind():
        raise RefusedBackup(f"the backup is of {manifest.database}, this server has {database_kind()}", CONFLICT)
    if not schema.is_known(manifest.revision):
        raise RefusedBackup(
            f"the backup has the schema {manifest.revision}, which idp {__version__} does not know. "
            f"It was made with idp {manifest.version}: use that version or a later one",
            CONFLICT,
        )
    if is_postgresql():
        postgres.check_programs("pg_restore", "psql")
    if not force:
        proof.check_ours(found)
        _check_nobody_works()
    if not is_postgresql():
        sqlite.let_go()


def is_empty() -> bool:
    """Tell whether the database has no table; one that cannot be read is not empty."""
    try:
        with db.engine.connect() as connection:
            return not inspect(connection).get_table_names()
    except OperationalError:
        raise
    except DatabaseError:
        return False


def restore(found: Archive, *, with_keys: bool = False) -> list[str] | None:
    """Set the database back to an archive that may be restored, whole or not at all; raise RefusedBackup.

    With `with_keys` its key files come along, where there are none of these names. Returns the ids of people who were
    erased since and are back, which only the trail that is replaced knows; None where it cannot be read.
    """
    before = _known(_numbers, Before())
    erased = _known(lambda: _find_erased(found.manifest.at - _LONGEST_DUMP), None)
    with _staging() as folder:
        staged = folder / found.manifest.dump
        archive.take_dump(found, staged)
        if not is_postgresql():
            sqlite.check_dump(staged)
        if with_keys:
            archive.take_keys(found, settings().keys_dir)
        (postgres if is_postgresql() else sqlite).restore(staged)
    for name in ("idp.cipher", "idp.keyring", "idp.feed"):
        current_app.extensions.pop(name, None)
    feed.restart(before.change)
    record_alone(
        Tag.DATABASE_RESTORED, after=before.event, made_at=found.manifest.at, revision=found.manifest.revision,
        version=found.manifest.version, issuer=found.manifest.issuer,
        sha256=found.manifest.files[found.manifest.dump],
    )  # fmt: skip
    return erased and _known(lambda: _find_people(erased), erased)


def _find_erased(since: datetime) -> list[str]:
    events = find_events(tag=Tag.ACCOUNT_DELETED.value, since=since, limit=_MOST_ERASED)
    return [(event.subject or "").partition(":")[2] for event in events]


def _find_people(ids: list[str]) -> list[str]:
    return sorted(db.session.execute(select(User.id).where(User.id.in_(ids))).scalars())


def missing_keys(found: Archive) -> list[str]:
    """Name the key files that sealed what is in an archive and are not here, or are others of that name."""
    here = key_marks()
    return [name for name, mark in found.manifest.sealed_with.items() if here.get(name) != mark]


def key_marks() -> dict[str, str]:
    """Return the beginning of the digest of each key file, by its name."""
    return {place.name: archive.digest_of(place)[: archive.MARK] for place in _key_files().values()}


def database_kind() -> str:
    """Name the kind of the database as archives do."""
    return "postgresql" if is_postgresql() else "sqlite"


def _check_nobody_works() -> None:
    others = postgres.count_others() if is_postgresql() else 0
    if others:
        raise RefusedBackup(
            f"{others} other connections to the database are open. Stop every server and worker first, or say --force",
            CONFLICT,
        )
    seen = _known(heartbeat.find_last, None)
    if seen is not None and now() - seen < _ALIVE:
        seconds = int((now() - seen).total_seconds())
        raise RefusedBackup(
            f"a worker was at work {seconds} s ago. Stop every server and worker, wait until "
            f"{int(_ALIVE.total_seconds())} s are over, or say --force",
            CONFLICT,
        )


def _numbers() -> Before:
    return Before(newest_id(), feed.newest())


def _known(ask: Callable[[], Answer], otherwise: Answer) -> Answer:
    """Ask the present database something that it may be unable to answer: it can be empty, old or broken."""
    try:
        return ask()
    except DatabaseError:
        return otherwise
    finally:
        db.session.remove()


@contextmanager
def _staging() -> Iterator[Path]:
    """Make a folder of one's own: of SQLite beside the database, so that the file can be moved into its place."""
    beside = None if is_postgresql() else sqlite.place().parent
    with tempfile.TemporaryDirectory(prefix=".idp-restore-", dir=beside) as folder:
        yield Path(folder)


def _key_files() -> dict[str, Path]:
    folder = settings().keys_dir
    places = sorted(folder.iterdir()) if folder.is_dir() else []
    return {f"keys/{place.name}": place for place in places if KEY_FILE.fullmatch(place.name)}


def _note(tag: Tag, **detail: Any) -> None:
    """Record an act, also in a database that waits for its migrations."""
    if schema.find_state().is_current:
        record(tag, **detail)
    else:
        record_alone(tag, **detail)
