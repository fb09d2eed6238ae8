"""Read numbers and days that people or programs wrote; None for what is none."""

import re
from datetime import UTC, date, datetime, time, timedelta

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_number(text: str | None, digits: int = 9) -> int | None:
    """Read a whole number of so many digits at most; more would not fit where it is compared."""
    return int(text) if text and len(text) <= digits and text.isascii() and text.isdigit() else None


def read_day(text: str | None) -> date | None:
    """Read YYYY-MM-DD."""
    try:
        return date.fromisoformat(text) if text and _DAY.fullmatch(text) else None
    except ValueError:
        return None


def span_of(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the first moment of one day and the first one after another, in UTC; None where no day is written."""
    begin, end = read_day(since), read_day(until)
    after = None if end is None or end == date.max else _midnight(end + timedelta(days=1))
    return (_midnight(begin) if begin else None), after


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
