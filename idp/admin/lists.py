"""Pages of a list: keyset paging, whose whole state is in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

Row = TypeVar("Row")
SIZE = 25
"""Rows on one page."""
_LONGEST_CURSOR = 200


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, and the ways to the first, the previous and the next one."""

    rows: Sequence[Row]
    first_url: str | None
    previous_url: str | None
    next_url: str | None
    asked: dict[str, Any]
    """The filters in use."""


def asked(*names: str) -> dict[str, str]:
    """Return the filters of this request that say something."""
    return {name: value for name in names if (value := request.args.get(name, "").strip()[:200])}


def after() -> str:
    """Return what the page goes on after, or nothing."""
    return "" if before() else request.args.get("after", "")[:_LONGEST_CURSOR]


def before() -> str:
    """Return what the page ends before, or nothing; then the list is read backwards, the nearest rows first."""
    return request.args.get("before", "")[:_LONGEST_CURSOR]


def paged(rows: Sequence[Row], last: str, filters: dict[str, Any], **address: str) -> Page[Row]:
    """Make a page of `SIZE + 1` rows at most; `last` names the attribute the next page goes on after.

    `address` are the values of the page's own address.
    """
    endpoint, backwards = str(request.endpoint), bool(before())
    more, rows = len(rows) > SIZE, rows[:SIZE]
    rows = rows[::-1] if backwards else rows
    values: dict[str, Any] = {**filters, **address}
    ends = [str(getattr(row, last)) for row in (rows[0], rows[-1])] if rows else ["", ""]
    has_previous = bool(rows) and (more if backwards else bool(after()))
    has_next = bool(rows) and (backwards or more)
    return Page(
        rows,
        first_url=url_for(endpoint, **values) if has_previous or (not rows and (after() or backwards)) else None,
        previous_url=url_for(endpoint, before=ends[0], **values) if has_previous else None,
        next_url=url_for(endpoint, after=ends[1], **values) if has_next else None,
        asked=filters,
    )
