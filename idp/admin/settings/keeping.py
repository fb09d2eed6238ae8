"""How long events are kept: what would go is told beside the setting, and once more before it is saved."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import ngettext
from pydantic import ValidationError

from idp.audit_purge import service
from idp.core.errors import Conflict
from idp.core.setting_sections import Audit
from idp.core.settings import settings

TAB, NAME, AGREED = "audit", "audit.retention", "agreed"
_SPANS = (timedelta(days=90), timedelta(days=365), timedelta(days=730))


class EventsGo(Conflict):
    """Events would go that nobody has agreed to; `value` is what was typed."""

    def __init__(self, public: Any, value: str) -> None:
        super().__init__(public, field=NAME)
        self.value = value


def list_going(tab: str) -> list[tuple[timedelta, int]]:
    """Return what the retention would purge at once, for some times; nothing on the other tabs."""
    return [(span, service.preview_of(span).events) for span in _SPANS] if tab == TAB else []


def check_agreed(typed: Mapping[str, Any], agreed: str) -> None:
    """Raise EventsGo where a shorter time would purge events, unless somebody was told and saves the same again."""
    value = str(typed.get(NAME, ""))
    span = _read(value)
    if not span or span == settings().audit.retention or agreed == value:
        return
    if count := service.preview_of(span).events:
        says = ngettext(
            "%(num)s event is older than that, and is purged within the hour, for good. Save again to do that.",
            "%(num)s events are older than that, and are purged within the hour, for good. Save again to do that.",
            count,
        )
        raise EventsGo(says, value)


def _read(value: str) -> timedelta | None:
    """Read a time; one that cannot be is refused with the others when they are saved."""
    try:
        return Audit.model_validate({"retention": value}).retention
    except ValidationError:
        return None
