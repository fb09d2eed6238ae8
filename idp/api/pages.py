"""Lists in pages: as many rows as asked for, and where the next page begins."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import Select

from idp.api.schemas.common import PageQuery
from idp.core.db import db

Item = TypeVar("Item", bound=BaseModel)


def page_of(kind: Any, query: PageQuery, rows: Sequence[Any], make: Callable[[Any], Any], after: str = "id") -> Any:
    """Make a page of `limit + 1` rows at most; `after` names what the next page goes on after."""
    shown = rows[: query.limit]
    goes_on = str(getattr(shown[-1], after)) if len(rows) > query.limit else None
    return kind(items=[make(row) for row in shown], next=goes_on)


def rows_of(statement: Select[Any], column: Any, query: PageQuery) -> list[Any]:
    """Run a statement for one page in the order of a column, plus the row that tells whether there is another."""
    if query.after:
        statement = statement.where(column > query.after)
    return list(db.session.execute(statement.order_by(column).limit(query.limit + 1)).scalars())
