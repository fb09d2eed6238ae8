"""Nobody's change is overwritten: a write names the version it was made from, and the row is held meanwhile."""

from typing import Any, TypeVar

from flask import g

from idp.api.problems import Problem
from idp.core.db import db
from idp.core.errors import NotFound

Row = TypeVar("Row")


def get_row(table: type[Row], row_id: str, missing: Any) -> Row:
    """Return the row of an id; raise NotFound."""
    row = db.session.get(table, row_id)
    if row is None:
        raise NotFound(missing)
    return row


def hold(table: type[Row], row_id: str, missing: Any) -> Row:
    """Return the row of an id, held until the write is done; raise NotFound, and Problem 412 for another version."""
    row: Any = db.session.get(table, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(missing)
    expect(row.version)
    return row


def expect(version: int) -> None:
    """Raise Problem 412 for another version than the one that the caller saw."""
    if version != g.expected_version:
        raise Problem(412, "Somebody changed this meanwhile. Read it again, then repeat your change.")


def count_up(row: Any) -> None:
    """Give a row its next version, unless the service that changed it did."""
    if row.version == g.expected_version:
        row.version += 1
    db.session.flush()
