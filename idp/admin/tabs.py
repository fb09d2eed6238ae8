"""Tabs of a thing's pages: each is an address of its own, and what one may not see is not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from idp.admin.routes import may


@dataclass(frozen=True)
class Tab:
    """One tab: its words, its page, and the permission to see it."""

    label: Any
    endpoint: str
    permission: str


@dataclass(frozen=True)
class Shown:
    """A tab as the page links it."""

    label: Any
    url: str
    is_here: bool


def shown(tabs: Sequence[Tab], here: str, **address: Any) -> list[Shown]:
    """List the tabs the person of this request may see; `here` is the endpoint of the present one."""
    return [
        Shown(tab.label, url_for(f"admin.{tab.endpoint}", **address), tab.endpoint == here)
        for tab in tabs
        if may(tab.permission)
    ]


def title_of(tabs: Sequence[Tab], here: str) -> Any:
    """Return the words of the present tab; the first one goes by the name of the thing alone."""
    return next((tab.label for tab in tabs[1:] if tab.endpoint == here), "")
