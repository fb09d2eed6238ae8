"""The first page of the console: what needs attention, how many of what, what happened last."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from idp.accounts.models import User
from idp.admin.routes import ANY, may, page
from idp.audit.models import Event
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.clients.models import Client
from idp.core.clock import now
from idp.core.db import db
from idp.core.http import render
from idp.operate import checks_house, checks_people
from idp.operate.finding import Finding
from idp.operate.paint import FIX, LOOK
from idp.sessions.models import Session
from idp.sessions.service import alive

_CHECKS = (checks_house.keys, checks_house.worker, checks_house.deliveries, checks_house.webhooks,
           checks_people.owners, checks_people.apps, checks_people.secrets)  # fmt: skip
"""What the doctor looks at and a database answers at once."""
_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Tile:
    """One number."""

    label: Any
    value: int
    permission: str


@page("", ANY)
def dashboard() -> Response:
    tiles = [tile for tile in _tiles() if may(tile.permission)]
    events = find_events(limit=10) if may("admin.audit.read") else []
    return render(
        "admin/dashboard.html", findings=_findings(), tiles=tiles, events=events, at=now(), title=_("Dashboard")
    )


def _findings() -> list[Finding]:
    """Ask the doctor's quick questions; who may not see settings is not told."""
    if not may("admin.settings.read"):
        return []
    return [finding for check in _CHECKS for finding in check() if finding.sign in {FIX, LOOK}]


def _tiles() -> list[Tile]:
    moment = now()
    recent = Event.at > moment - _DAY
    return [
        Tile(_l("People"), _count(User), "admin.users.read"),
        Tile(_l("with a second step"), _count(User, User.second_step_since.is_not(None)), "admin.users.read"),
        Tile(_l("locked or turned off"), _count(User, User.locked_at.is_not(None) | (User.state == "disabled")),
             "admin.users.read"),
        Tile(_l("sessions now"), _count(Session, *alive(moment)), "admin.users.read"),
        Tile(_l("apps"), _count(Client), "admin.clients.read"),
        Tile(_l("sign-ins in 24 hours"), _count(Event, recent, Event.tag == Tag.LOGIN_SUCCEEDED.value),
             "admin.audit.read"),
        Tile(_l("failed in 24 hours"), _count(Event, recent, Event.tag == Tag.LOGIN_FAILED.value), "admin.audit.read"),
    ]  # fmt: skip


def _count(table: Any, *conditions: Any) -> int:
    return int(db.session.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one())
