"""Pages of a list: keyset paging, whose whole state is in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

Row = TypeVar("Row")
SIZE = 25
"""Rows on one page."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, and the ways to the first and the next one."""

    rows: Sequence[Row]
    first_url: str | None
    next_url: str | None
    asked: dict[str, str]
    """The filters in use."""


def asked(*names: str) -> dict[str, str]:
    """Return the filters of this request that say something."""
    return {name: value for name in names if (value := request.args.get(name, "").strip()[:200])}


def paged(rows: Sequence[Row], last: str, filters: dict[str, str]) -> Page[Row]:
    """Make a page of `SIZE + 1` rows at most; `last` names the attribute the next page goes on after."""
    endpoint = str(request.endpoint)
    more, rows = len(rows) > SIZE, rows[:SIZE]
    after = str(getattr(rows[-1], last)) if rows else ""
    values: dict[str, Any] = dict(filters)
    return Page(
        rows,
        first_url=url_for(endpoint, **values) if request.args.get("after") else None,
        next_url=url_for(endpoint, after=after, **values) if more else None,
        asked=filters,
    )
