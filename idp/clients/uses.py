"""What apps may ask for and whom they let in, a row each, so that an index tells who uses a scope, an API or a role.

The lists of a client are what counts; these rows follow them in the transaction that changes them.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, delete, exists, func, insert, literal, select, union_all

from idp.clients.models import Client, ClientUse
from idp.core.db import db, transaction

SCOPE, API, ROLE = "scope", "api", "role"
LISTS = {SCOPE: "scopes", API: "allowed_apis", ROLE: "allowed_roles"}
Use = tuple[tuple[str, str], ...]
"""Kinds and names that an app has all of: a permission of an API is a scope and an API."""
_BATCH = 500
"""So many apps are compared at a time."""
_AT_ONCE = 100
"""So many uses are looked up by one statement."""


def follow(client_id: str, row: Any) -> None:
    """Let the rows of a client say what its lists say; inside a transaction."""
    wanted = _said(row)
    mine = select(ClientUse.kind, ClientUse.name).where(ClientUse.client_id == client_id)
    present = {(kind, name) for kind, name in db.session.execute(mine)}
    for kind, name in present - wanted:
        gone = (ClientUse.client_id == client_id, ClientUse.kind == kind, ClientUse.name == name)
        db.session.execute(delete(ClientUse).where(*gone))
    if fresh := sorted(wanted - present):
        rows = [{"kind": kind, "name": name, "client_id": client_id} for kind, name in fresh]
        db.session.execute(insert(ClientUse), rows)


def mend() -> int:
    """Let the rows of every client say what its lists say; return for how many they did not.

    A server of an earlier version, which goes on for a while beside this one, writes the lists alone.
    """
    count, last = 0, ""
    query = select(Client.id, *(getattr(Client, field) for field in LISTS.values())).order_by(Client.id).limit(_BATCH)
    while rows := db.session.execute(query.where(Client.id > last)).all():
        last = rows[-1].id
        for client_id in _out_of_step(rows):
            with transaction() as session:
                row = session.get(Client, client_id, with_for_update=True, populate_existing=True)
                if row is not None:
                    follow(client_id, row)
                    count += 1
    return count


def _out_of_step(rows: Sequence[Any]) -> list[str]:
    kept: dict[str, set[tuple[str, str]]] = {row.id: set() for row in rows}
    for use in db.session.execute(select(ClientUse).where(ClientUse.client_id.in_(kept))).scalars():
        kept[use.client_id].add((use.kind, use.name))
    return [row.id for row in rows if kept[row.id] != _said(row)]


def _said(row: Any) -> set[tuple[str, str]]:
    return {(kind, name) for kind, field in LISTS.items() for name in getattr(row, field)}


def clients_using(use: Use, limit: int) -> list[tuple[str, str]]:
    """Return id and name of the first apps that have all of a use, by id."""
    return [(client_id, name) for _place, client_id, name in db.session.execute(_first([use], limit))]


def count_using(use: Use, most: int | None = None) -> int:
    """Count the apps that have all of a use, up to a bound where one is given."""
    return int(db.session.execute(select(_count(use, most))).scalar_one())


def summed(uses: Sequence[Use], shown: int, most: int) -> list[tuple[list[tuple[str, str]], int]]:
    """Return of each use the first `shown` apps and how many there are, up to a bound: two statements for a hundred."""
    found: list[tuple[list[tuple[str, str]], int]] = []
    for start in range(0, len(uses), _AT_ONCE):
        part = uses[start : start + _AT_ONCE]
        counts = db.session.execute(select(*(_count(use, most).label(f"n{place}") for place, use in enumerate(part))))
        first: list[list[tuple[str, str]]] = [[] for _use in part]
        for place, client_id, name in db.session.execute(_first(part, shown)):
            first[place].append((client_id, name))
        found += zip(first, map(int, counts.one()), strict=True)
    return found


def _first(uses: Iterable[Use], shown: int) -> Select[Any]:
    picked = []
    for place, use in enumerate(uses):
        some = _ids(use, shown).subquery()
        picked.append(select(literal(place).label("place"), some.c.client_id))
    every = union_all(*picked).subquery()
    # Looked up one by one, along the key: joined, PostgreSQL would read every app for the names of a few.
    name = select(Client.name).where(Client.id == every.c.client_id).scalar_subquery()
    return select(every.c.place, every.c.client_id, name).order_by(every.c.place, every.c.client_id)


def _count(use: Use, most: int | None) -> Any:
    return select(func.count()).select_from(_ids(use, most).subquery()).scalar_subquery()


def _ids(use: Use, limit: int | None) -> Select[Any]:
    (kind, name), *others = use
    query = select(ClientUse.client_id).where(ClientUse.kind == kind, ClientUse.name == name)
    for other_kind, other_name in others:
        beside = ClientUse.__table__.alias()
        query = query.where(
            exists().where(
                beside.c.kind == other_kind, beside.c.name == other_name, beside.c.client_id == ClientUse.client_id
            )
        )
    return query.order_by(ClientUse.client_id).limit(limit)
