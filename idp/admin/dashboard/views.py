"""The first page of the console."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access.permissions import ANY
from idp.accounts.profiles.preferences import keep_preference
from idp.admin.answers import done
from idp.admin.dashboard import attention, attention_access, charts, first_steps
from idp.admin.dashboard.kept import keep
from idp.admin.dashboard.points import Point
from idp.admin.dashboard.tiles import count_tiles
from idp.admin.routes import act, may, page
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.clients.service import find_client
from idp.core.clock import now
from idp.core.http import render
from idp.core.typed import read_number
from idp.sessions import http as sessions


@page("", ANY)
def dashboard() -> Response:
    days, may_see = _days(), may("admin.audit.read")
    tiles = [tile for tile in keep("tiles", count_tiles) if may(tile.permission)]
    points = [point for point in keep("points", _find_points) if may(point.permission)]
    return render(
        "admin/dashboard/page.html", points=points, tiles=tiles, at=keep("at", now), title=_("Dashboard"),
        steps=first_steps.list_steps(sessions.get_person()) if may("admin.settings.read") else [],
        events=find_events(limit=10) if may_see else [],
        charts=charts.make_charts(days) if may_see else [], spans=charts.SPANS, days=days,
        rankings=charts.make_rankings(days, _app_name) if may_see else [], width=charts.WIDTH, height=charts.HEIGHT,
    )  # fmt: skip


@act("/first-steps/put-away", ANY, Tag.ACCOUNT_EDITED)
def put_away_first_steps() -> Response:
    keep_preference(sessions.get_person().id, first_steps.PREFERENCE, value=False)
    return done(_("The first steps are put away."), url_for("admin.dashboard"))


def _find_points() -> list[Point]:
    return [*attention_access.find_points(), *attention.find_points()]


def _days() -> int:
    asked = read_number(request.args.get("days"))
    return asked if asked in charts.SPANS else charts.SPANS[0]


def _app_name(client_id: str) -> str:
    found = find_client(client_id)
    return found.name if found and may("admin.clients.read") else client_id
