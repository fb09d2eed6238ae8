"""When the last backup was made, as the trail tells."""

from datetime import UTC, datetime

from idp.audit.models import Event
from idp.audit.service import find_events
from idp.audit.tags import Tag


def find_last() -> datetime | None:
    """Return when the database was last backed up with our own command; None where the trail knows of no time.

    A backup's own event is not in its copy: after a restore the event of that tells when the copy was made.
    """
    made = [event.at for event in _newest(Tag.DATABASE_BACKED_UP)]
    made += [_moment(event.detail["made_at"]) for event in _newest(Tag.DATABASE_RESTORED) if "made_at" in event.detail]
    return max(made, default=None)


def _newest(tag: Tag) -> list[Event]:
    return find_events(tag=tag.value, limit=1)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
