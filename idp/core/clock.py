"""The one clock of the house."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None


def use_offset_file(path: Path | None) -> None:
    """Let the clock run ahead by the seconds in a file, read at each call (development mode only)."""
    global _offset_file  # noqa: PLW0603 - one process has one clock
    _offset_file = path


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    moment = datetime.now(UTC)
    return moment + _offset() if _offset_file else moment


def timestamp() -> int:
    """Return the present moment in whole seconds since the epoch, as tokens count it (RFC 7519 §2)."""
    return int(now().timestamp())


def _offset() -> timedelta:
    try:
        return timedelta(seconds=float(_offset_file.read_text())) if _offset_file else timedelta()
    except (OSError, ValueError):
        return timedelta()
