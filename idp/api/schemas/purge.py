"""The shapes of purges of the trail."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from idp.api.schemas.common import Body, Told
from idp.core.typed import read_day


def _day(value: Any) -> date:
    found = read_day(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("a day as 2026-12-31 is wanted")
    return found


Day = Annotated[date, BeforeValidator(_day)]


class PurgeAsked(Body):
    """What is purged."""

    before: Day
    """The first day (UTC) that stays; 30 days ago at the latest."""


class PurgePreview(Told):
    """What a purge would delete."""

    before: date
    events: int
    first_at: datetime | None
    """The moment of the first event that would go; null where none would."""
    last_at: datetime | None


class Purge(Told):
    """A purge: all of it is checked, then it is deleted."""

    id: str
    before: date
    state: str
    actor: str
    """Who began it; `system` where the retention did."""
    events: int
    """How many were to go when it began."""
    checked: int
    purged: int
    error: str | None
    """Why it broke off."""
    created_at: datetime
    finished_at: datetime | None
