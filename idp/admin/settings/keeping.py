"""How long events are kept: what would go is told beside the setting, and once more before it is saved."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import ngettext

from idp.audit_purge import service
from idp.core.errors import Conflict
from idp.stored_settings import service as stored_settings
from idp.stored_settings.checks import as_text

TAB, NAME, AGREED = "audit", service.RETENTION, "agreed"
_SPANS = (timedelta(days=90), timedelta(days=365), timedelta(days=730))


class EventsGo(Conflict):
    """Events would go that nobody has agreed to; `value` is the time by which they go."""

    def __init__(self, public: Any, value: str) -> None:
        super().__init__(public, field=NAME)
        self.value = value


def list_going(tab: str) -> list[tuple[timedelta, int]]:
    """Return what the retention would purge at once, for some times; nothing on the other tabs."""
    return [(span, service.preview_of(span).events) for span in _SPANS] if tab == TAB else []


def check_agreed(typed: Mapping[str, Any], agreed: str) -> None:
    """Raise EventsGo where a shorter time would purge events, unless somebody was told and saves the same again."""
    value = str(typed.get(NAME, ""))
    if agreed != value and (count := service.count_under(value)):
        says = ngettext(
            "%(num)s event is older than that, and is purged within the hour, for good. Save again to do that.",
            "%(num)s events are older than that, and are purged within the hour, for good. Save again to do that.",
            count,
        )
        raise EventsGo(says, value)


def check_agreed_back(name: str, agreed: str) -> None:
    """Raise EventsGo where setting back would purge events, unless somebody was told and does the same again."""
    if name != NAME:
        return
    value = as_text(stored_settings.value_without(NAME))
    if agreed != value and (count := service.count_under(value)):
        says = ngettext(
            "Set back, events are kept for %(time)s. %(num)s event is older than that, and is purged within the hour, "
            "for good. Set it back again to do that.",
            "Set back, events are kept for %(time)s. %(num)s events are older than that, and are purged within the "
            "hour, for good. Set it back again to do that.",
            count,
            time=value,
        )
        raise EventsGo(says, value)
