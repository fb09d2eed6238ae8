"""How many calls there are about one thing, and how they went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from idp.core.db import db
from idp.core.keyset import count_some
from idp.core.secrets import first_id
from idp.outbox.models import Delivery


@dataclass(frozen=True)
class Sums:
    """How the calls about one thing went."""

    subject: str
    delivered: int
    failed: int
    waiting: int


def sum_calls(kind: str, *, since: datetime, limit: int = 20) -> list[Sums]:
    """Count the calls of a kind by what they are about, from a moment on; those that fail most come first."""
    sums = _sums()
    query = (
        select(Delivery.subject, *sums)
        .where(Delivery.kind == kind, Delivery.subject.is_not(None), Delivery.id >= first_id(since))
        .group_by(Delivery.subject)
        .order_by(sums[1].desc(), sums[2].desc(), Delivery.subject)
    )
    return [Sums(row[0], *map(int, row[1:])) for row in db.session.execute(query.limit(limit)).all()]


def count_outcomes(kind: str, *, after: str) -> Sums:
    """Count the calls of a kind that are younger than an id, whatever they are about, by how they went."""
    sums = _sums()
    row = db.session.execute(select(*sums).where(Delivery.kind == kind, Delivery.id > after)).one()
    return Sums("", *(int(each or 0) for each in row))


def count_calls(*, kind: str, subject: str, most: int) -> int:
    """Count the calls of one kind about one thing, up to `most` and one."""
    return count_some(select(Delivery.id).where(Delivery.kind == kind, Delivery.subject == subject), Delivery.id, most)


def _sums() -> list[Any]:
    """Count by outcome: what arrived, what was given up, what waits."""
    failed, waiting = Delivery.outcome.in_(["dead", "expired"]), Delivery.outcome.is_(None)
    return [func.sum(case((each, 1), else_=0)) for each in (Delivery.outcome == "delivered", failed, waiting)]
