"""Pages of a list: keyset paging, whose whole state is in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request, url_for

Row = TypeVar("Row")
SIZES = (25, 50, 100)
"""How many rows a page may have; the first unless another is asked for."""
MOST_COUNTED = 10_000
"""So many rows of a list are counted: more is «more than»."""
PLACE = ("after", "before", "from", "size")
"""What an address of a list says of its place."""
_LONGEST_CURSOR = 200
_LONGEST_PLACE = 10
_NO_FILTERS = frozenset({"sort"})


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, and the ways to the first, the previous and the next one."""

    rows: Sequence[Row]
    first_url: str | None
    previous_url: str | None
    next_url: str | None
    asked: dict[str, Any]
    """The filters in use, and the order."""
    total: int | None = None
    """How many there are on all pages; None where nobody counted so far."""
    bound: int | None = None
    """How many there are more than, where nobody counted further."""
    first: int | None = None
    """The place of the first row among all; None where nothing tells it."""
    size: int = SIZES[0]
    size_urls: Sequence[tuple[int, str]] = ()
    """Each size a page may have, and the address of the first page of that size."""

    @property
    def place(self) -> dict[str, str]:
        """What the address of this page says of its place."""
        return asked(*PLACE)

    @property
    def last(self) -> int | None:
        """The place of the last row among all."""
        return self.first + len(self.rows) - 1 if self.first else None

    @property
    def filter_count(self) -> int:
        """How many filters are in use."""
        return len(self.asked.keys() - _NO_FILTERS)

    @property
    def other_size(self) -> int | None:
        """The size, where another than the usual one was asked for."""
        return self.size if self.size != SIZES[0] else None

    @property
    def has_pages(self) -> bool:
        """Whether there is more than the page, or would be with fewer rows on it."""
        return bool(self.first_url or self.next_url) or len(self.rows) > SIZES[0]


def asked(*names: str, posted: bool = False) -> dict[str, str]:
    """Return the filters of this request that say something; `posted` are those of a form that acts on the list."""
    source = request.form if posted else request.args
    return {name: value for name in names if (value := source.get(name, "").strip()[:200])}


def back_to_list(endpoint: str, *names: str) -> str | None:
    """Return the address of the list whose row was acted on, with filters and place; None where another page asked."""
    filters: dict[str, Any] = asked(*names, *PLACE, posted=True)
    return url_for(endpoint, **filters) if request.form.get("back") == "list" else None


def size() -> int:
    """Return how many rows a page has: what is asked for, when it is one of the sizes."""
    return next((one for one in SIZES if str(one) == request.args.get("size")), SIZES[0])


def room() -> int:
    """Return how many rows to read: those of a page, and one that tells whether there are more."""
    return size() + 1


def after() -> str:
    """Return what the page goes on after, or nothing."""
    return "" if before() else request.args.get("after", "")[:_LONGEST_CURSOR]


def before() -> str:
    """Return what the page ends before, or nothing; then the list is read backwards, the nearest rows first."""
    return request.args.get("before", "")[:_LONGEST_CURSOR]


def paged(
    rows: Sequence[Row], last: str, filters: dict[str, Any], *, total: int | None = None, **address: Any
) -> Page[Row]:
    """Make a page of `room()` rows at most; `last` names the attribute the next page goes on after.

    `address` are the values of the page's own address.
    """
    endpoint, backwards, most = str(request.endpoint), bool(before()), size()
    more, rows = len(rows) > most, rows[:most]
    rows = rows[::-1] if backwards else rows
    values: dict[str, Any] = {**filters, **address, **({"size": most} if most != SIZES[0] else {})}
    ends = [str(getattr(row, last)) for row in (rows[0], rows[-1])] if rows else ["", ""]
    has_previous = bool(rows) and (more if backwards else bool(after()))
    has_next = bool(rows) and (backwards or more)
    counted = _counted(len(rows), total, has_previous=has_previous, has_next=has_next)
    first = counted["first"]
    return Page(
        rows,
        first_url=url_for(endpoint, **values) if has_previous or (not rows and (after() or backwards)) else None,
        previous_url=url_for(endpoint, before=ends[0], **_from(first, -most), **values) if has_previous else None,
        next_url=url_for(endpoint, after=ends[1], **_from(first, len(rows)), **values) if has_next else None,
        asked=filters,
        size=most,
        size_urls=[(one, url_for(endpoint, **{**values, "size": one})) for one in SIZES],
        **counted,
    )


def _counted(count: int, total: int | None, *, has_previous: bool, has_next: bool) -> dict[str, int | None]:
    """Return where a page of `count` rows begins, and how many there are or are more than."""
    first = _place(count, total, has_next=has_next) if has_previous else min(count, 1) or None
    last = first + count - 1 if first else count
    if not has_next and (first or (total is None and not count)):
        return {"first": first, "total": last, "bound": None}
    if total is not None and total <= MOST_COUNTED:
        return {"first": first, "total": max(total, last), "bound": None}
    return {"first": first, "total": None, "bound": last if total is None else max(MOST_COUNTED, last)}


def _place(count: int, total: int | None, *, has_next: bool) -> int | None:
    """Return the place of a later page: from the end where that is counted, else what the address says, if it fits."""
    is_exact = total is not None and total <= MOST_COUNTED
    if total is not None and is_exact and not has_next:
        return max(total - count + 1, 1)
    said = request.args.get("from", "")
    place = int(said) if said.isascii() and said.isdecimal() and len(said) < _LONGEST_PLACE else 0
    fits = total is None or (place + count <= total if is_exact else has_next or place + count > total)
    return place if place > 1 and fits else None


def _from(first: int | None, further: int) -> dict[str, Any]:
    """Return what the address of another page says of its place: keys alone do not tell it."""
    return {"from": first + further} if first and first + further > 0 else {}
