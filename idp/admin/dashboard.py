"""The first page of the console: what needs attention, how many of what, what happened last."""

import time
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select

from idp.accounts.models import User
from idp.admin import charts
from idp.admin.routes import ANY, may, page
from idp.audit.service import find_events
from idp.clients.models import Client
from idp.clients.service import find_client
from idp.core.clock import now
from idp.core.db import db
from idp.core.http import render
from idp.core.typed import read_number
from idp.operate import checks_house, checks_people
from idp.operate.finding import Finding
from idp.operate.paint import FIX, LOOK
from idp.rollups import service as rollups
from idp.sessions.models import Session
from idp.sessions.service import alive

_CHECKS = (checks_house.keys, checks_house.worker, checks_house.deliveries, checks_house.webhooks,
           checks_people.owners, checks_people.apps, checks_people.secrets, checks_people.guesses)  # fmt: skip
"""What the doctor looks at and a database answers at once."""
_MOST, _KEPT_SECONDS = 10_000, 60
_EXTENSION = "idp.admin.tiles"


@dataclass(frozen=True)
class Tile:
    """One number."""

    label: Any
    value: str
    permission: str


@page("", ANY)
def dashboard() -> Response:
    tiles = [tile for tile in _tiles() if may(tile.permission)]
    events = find_events(limit=10) if may("admin.audit.read") else []
    days, may_see = _days(), may("admin.audit.read")
    return render(
        "admin/dashboard.html", findings=_findings(), tiles=tiles, events=events, at=now(), title=_("Dashboard"),
        charts=charts.make_charts(days) if may_see else [], spans=charts.SPANS, days=days,
        rankings=charts.make_rankings(days, _app_name) if may_see else [], width=charts.WIDTH, height=charts.HEIGHT,
    )  # fmt: skip


def _findings() -> list[Finding]:
    """Ask the doctor's quick questions; who may not see settings is not told."""
    if not may("admin.settings.read"):
        return []
    return [finding for check in _CHECKS for finding in check() if finding.sign in {FIX, LOOK}]


def _tiles() -> list[Tile]:
    """Count, at most to `_MOST` and once a minute: the tables behind may be long."""
    kept = current_app.extensions.get(_EXTENSION)
    if kept is None or time.monotonic() - kept[0] > _KEPT_SECONDS:
        kept = current_app.extensions[_EXTENSION] = time.monotonic(), _count_tiles()
    found: list[Tile] = kept[1]
    return found


def _count_tiles() -> list[Tile]:
    moment = now()
    today = next(iter(rollups.counts(rollups.SIGN_IN, 1).values()))
    return [
        Tile(_l("People"), _count(User), "admin.users.read"),
        Tile(_l("with a second step"), _count(User, User.second_step_since.is_not(None)), "admin.users.read"),
        Tile(_l("locked"), _count(User, User.locked_at.is_not(None)), "admin.users.read"),
        Tile(_l("turned off"), _count(User, User.state == "disabled"), "admin.users.read"),
        Tile(_l("sessions now"), _count(Session, *alive(moment)), "admin.users.read"),
        Tile(_l("apps"), _count(Client), "admin.clients.read"),
        Tile(_l("sign-ins today"), str(today[rollups.OK]), "admin.audit.read"),
        Tile(_l("failed today"), str(today[rollups.FAILED]), "admin.audit.read"),
    ]  # fmt: skip


def _count(table: Any, *conditions: Any) -> str:
    found = select(literal(1)).select_from(table).where(*conditions).limit(_MOST + 1).subquery()
    number = int(db.session.execute(select(func.count()).select_from(found)).scalar_one())
    return f"{_MOST}+" if number > _MOST else str(number)


def _days() -> int:
    asked = read_number(request.args.get("days"))
    return asked if asked in charts.SPANS else charts.SPANS[0]


def _app_name(client_id: str) -> str:
    found = find_client(client_id)
    return found.name if found and may("admin.clients.read") else client_id
