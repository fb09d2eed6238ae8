"""The doctor's question about backups: a hint and no more, for a database can be copied in other ways."""

from collections.abc import Iterator
from datetime import timedelta

from idp.core.clock import now
from idp.core.settings import settings
from idp.operate.backup.last import find_last
from idp.operate.doctor.finding import Finding, look, well

_OLD_AFTER = timedelta(days=7)


def backup() -> Iterator[Finding]:
    """Ask when the database of a production server was last backed up with our own command."""
    last = find_last()
    found = f"last one {(now() - last).days} days ago" if last else "none by `idp db backup` in the trail"
    if settings().development or (last is not None and now() - last < _OLD_AFTER):
        yield well("backup", found)
        return
    yield look(
        "backup", found, why="What has no copy is gone with the disk. A copy made in another way is not seen here.",
        fix="Run every day: idp db backup FILE", doc="docs/how-to/backup-restore.md",
    )  # fmt: skip
