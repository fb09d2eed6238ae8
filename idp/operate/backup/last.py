"""When the last backup was made, as the trail tells."""

from datetime import datetime

from idp.audit.service import find_events
from idp.audit.tags import Tag


def find_last() -> datetime | None:
    """Return when the database was last backed up with our own command."""
    newest = find_events(tag=Tag.DATABASE_BACKED_UP.value, limit=1)
    return newest[0].at if newest else None
