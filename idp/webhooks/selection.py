"""Which events an endpoint is told of."""

from collections.abc import Iterable

from idp.audit.tags import Tag
from idp.webhooks.errors import NO_EVENTS, UNKNOWN_EVENT, DomainError

ALL = "*"
_MOST = 200
AREAS = tuple(sorted({f"{tag.value.partition('.')[0]}.*" for tag in Tag}))
"""The patterns that name one area each."""
_KNOWN = {ALL, *AREAS, *(tag.value for tag in Tag)}


def clean_events(events: Iterable[str]) -> list[str]:
    """Return names and patterns in order, each once; raise DomainError for one that matches nothing."""
    found = sorted(set(events))
    if not found or len(found) > _MOST:
        raise DomainError(NO_EVENTS, field="events")
    if not _KNOWN.issuperset(found):
        raise DomainError(UNKNOWN_EVENT, field="events")
    return found


def matches(events: Iterable[str], tag: str) -> bool:
    """Tell whether a choice of events holds one."""
    return not {ALL, tag, f"{tag.partition('.')[0]}.*"}.isdisjoint(events)
