"""One page of a sorted list, found from the row beside it and not by counting rows (keyset paging)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, collate, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from idp.core.db import db, is_postgresql

Key = ColumnElement[Any] | InstrumentedAttribute[Any]


def page_of(
    query: Select[Any],
    keys: Sequence[Key],
    beside: Sequence[Any] | None,
    *,
    descending: bool,
    backwards: bool,
    limit: int,
) -> Select[Any]:
    """Order a query by keys and let it begin beside the row that has these values.

    Backwards, the rows nearest to it come first: the caller turns them round.
    """
    down = descending != backwards
    if beside is not None:
        ours = tuple_(*keys) if len(keys) > 1 else keys[0]
        theirs = tuple_(*beside) if len(keys) > 1 else beside[0]
        query = query.where(ours < theirs if down else ours > theirs)
    return query.order_by(*(key.desc() if down else key.asc() for key in keys)).limit(limit)


def count_some(query: Select[Any], key: Key, most: int) -> int:
    """Count the rows of a query up to `most` and one, along the index of a key: more costs no more."""
    return count_rows(query.with_only_columns(key).order_by(key), most)


def count_rows(query: Select[Any], most: int | None = None) -> int:
    """Count the rows of a query, up to `most` and one where a bound is given."""
    rows = query.limit(None if most is None else most + 1).subquery()
    return int(db.session.execute(select(func.count()).select_from(rows)).scalar_one())


def by_bytes(column: Any) -> Key:
    """Compare a text by its bytes, on every database, so that one index serves its order and its beginnings."""
    return collate(column, "C") if is_postgresql() else column


def lowered(text: str) -> str:
    """Return a text as lower() of this database makes it, to compare with what an index by lower() holds.

    Which letters it knows depends on the database: SQLite, and PostgreSQL in the locale C, know those of ASCII only,
    and in Turkish an I is lowered otherwise.
    """
    if text.isascii() and not is_postgresql():
        return text.lower()
    return str(db.session.execute(select(func.lower(text))).scalar_one())


def begins_with(column: Any, start: str) -> ColumnElement[bool]:
    """Tell whether a text begins like this, as a range that an index by bytes answers."""
    key, after = by_bytes(column), _after(start)
    return (key >= start) & (key < after) if after else key >= start


def _after(start: str) -> str:
    """Return the first text that does not begin like this any more."""
    kept = start.rstrip("\U0010ffff")
    if not kept:
        return ""
    last = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if 0xD800 <= last <= 0xDFFF else last)
