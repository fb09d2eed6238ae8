"""The numbers of the first page: each found by an index or a roll-up, and counted up to a bound."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import distinct, func, literal, select

from idp.accounts.models import User
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.clients.models import Client
from idp.core.clock import now
from idp.core.db import db
from idp.core.keyset import count_rows
from idp.core.secrets import first_id
from idp.sessions.models import Session
from idp.sessions.service import alive

PEOPLE, CLIENTS, AUDIT = "admin.users.read", "admin.clients.read", "admin.audit.read"
_MOST, _MOST_SESSIONS = 10_000, 50_000


@dataclass(frozen=True)
class Tile:
    """One number, where its list is, and a remark."""

    label: Any
    value: str
    permission: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    remark: Any = ""
    share: float | None = None
    """Where it is a part of a whole: what part, written at the page in its language."""

    @property
    def url(self) -> str:
        """Where what was counted is listed."""
        return url_for(self.endpoint, **self.values)


def count_tiles() -> list[Tile]:
    """Count everything."""
    moment = now()
    new = _count(User.id, User.id >= first_id(moment - timedelta(days=7)))
    failed = _count(Event.id, Event.tag == Tag.LOGIN_FAILED.value, Event.at >= moment - timedelta(hours=24))
    return [
        Tile(_l("People"), _count(User.id), PEOPLE, "admin.users", remark=_l("%(num)s in 7 days", num=f"+{new}")),
        Tile(_l("active in 24 hours"), _active(timedelta(hours=24)), PEOPLE, "admin.sessions"),
        Tile(_l("active in 30 days"), _active(timedelta(days=30)), PEOPLE, "admin.sessions"),
        Tile(_l("sessions now"), _count(Session.id, *alive(moment)), PEOPLE, "admin.sessions"),
        Tile(_l("apps"), _count(Client.id), CLIENTS, "admin.clients"),
        Tile(_l("failed sign-ins in 24 hours"), failed, AUDIT, "admin.audit", {"tag": "login.failed", "last": "24h"}),
        Tile(_l("locked"), _count(User.id, User.locked_at.is_not(None)), PEOPLE, "admin.users", {"state": "locked"}),
        Tile(_l("with a second step"), "", PEOPLE, "admin.users", {"second_step": "yes"}, share=_share()),
    ]


def _count(column: Any, *conditions: Any) -> str:
    """Count rows, to a bound: the tables behind may be long."""
    number = count_rows(select(column).where(*conditions), _MOST)
    return f"{_MOST}+" if number > _MOST else str(number)


def _active(ago: timedelta) -> str:
    """Count the people who were here, in the newest sessions."""
    seen = select(Session.user_id).where(Session.last_seen_at >= now() - ago)
    rows = seen.order_by(Session.last_seen_at.desc()).limit(_MOST_SESSIONS + 1).subquery()
    total, people = db.session.execute(
        select(func.count(), func.count(distinct(rows.c.user_id))).select_from(rows)
    ).one()  # fmt: skip
    return f"{people}+" if total > _MOST_SESSIONS else str(people)


def _share() -> float:
    """Return how many of the newest people have a second step."""
    newest = select(literal(1).label("one"), User.second_step_since).order_by(User.id.desc()).limit(_MOST).subquery()
    total, having = db.session.execute(
        select(func.count(newest.c.one), func.count(newest.c.second_step_since))
    ).one()  # fmt: skip
    return float(having / total) if total else 0.0
