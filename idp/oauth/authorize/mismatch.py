"""Explain how an address differs from the registered ones, to those who may know: in development only."""

from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask_babel import lazy_gettext as _l

_LONGEST_SHOWN = 300
_PARTS = (
    ("scheme", _l("scheme")), ("hostname", _l("host")), ("port", _l("port")), ("path", _l("path")),
    ("query", _l("query")), ("fragment", _l("fragment")),
)  # fmt: skip


@dataclass(frozen=True)
class Mismatch:
    """An address that was sent, the registered one that is closest, and the part in which they differ."""

    sent: str
    registered: str | None
    difference: Any


def explain(sent: str, registered: Collection[str]) -> Mismatch:
    """Find the registered address closest to the one sent, and name the difference."""
    closest = max(registered, key=lambda uri: SequenceMatcher(None, uri, sent[:2048]).ratio(), default=None)
    difference = _difference(sent, closest) if closest else ""
    return Mismatch(sent[:_LONGEST_SHOWN], closest, difference)


def _difference(sent: str, registered: str) -> Any:
    if sent.rstrip("/") == registered.rstrip("/"):
        return _l("trailing slash")
    if sent.lower() == registered.lower():
        return _l("upper and lower case")
    try:
        left, right = urlsplit(sent), urlsplit(registered)
        return next((name for part, name in _PARTS if _part(left, part) != _part(right, part)), "")
    except ValueError:
        return ""


def _part(parts: SplitResult, name: str) -> Any:
    return getattr(parts, name)
