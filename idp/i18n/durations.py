"""Times as words: in their largest whole unit, so that a day stays a day."""

from datetime import timedelta

from flask_babel import format_timedelta

_UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def in_words(span: timedelta) -> str:
    """Say a time in the language of the page."""
    seconds = int(span.total_seconds())
    unit = next((unit for unit, size in _UNITS if seconds and seconds % size == 0), "second")
    return format_timedelta(span, granularity=unit, threshold=float("inf"))
