"""How long the house keeps what is over: said beside the code that deletes it, and told on one page."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True)
class Kept:
    """Something that stays for a while after it is over."""

    what: Any
    span: timedelta


_KEPT: list[Kept] = []


def kept(what: Any, span: timedelta) -> timedelta:
    """Tell of a time for which something is kept; `what` is a lazy text. Returns the time."""
    _KEPT.append(Kept(what, span))
    return span


def list_kept() -> list[Kept]:
    """List everything that is kept for a while, the shortest first."""
    return sorted(_KEPT, key=lambda each: each.span)
