"""All live sessions of the house, and the end of one."""

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from idp.access.guards.level import check_may_act_on
from idp.accounts import service as accounts
from idp.accounts.models import User
from idp.admin.answers import done
from idp.admin.lists import MOST_COUNTED, after, asked, before, paged, room
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.clients.service import find_client
from idp.core.db import db
from idp.core.devices import describe_browser
from idp.core.http import render
from idp.oauth.logout.session_apps import apps_of_sessions
from idp.oauth.oversight import overview
from idp.sessions import ending, service
from idp.sessions.errors import UnknownSession
from idp.sessions.models import Session

READ, REVOKE = "admin.users.read", "admin.sessions.revoke"
FILTERS = ("person", "client")


@dataclass(frozen=True)
class Row:
    """One session with its person, in words."""

    id: str
    session: Session
    user: User
    browser: str


@page("/sessions", READ)
def sessions() -> Response:
    filters = asked(*FILTERS, "risk")
    whose = wanted(filters)
    found = overview.find_sessions(whose)
    rows = [row_of(session, user) for session, user in found]
    shown = paged(rows, "id", filters, total=overview.count_sessions(whose, MOST_COUNTED))
    apps = apps_of_sessions([row.id for row in shown.rows])
    return render("admin/sessions/list.html", page=shown, apps=apps, ending=ending.find_open(), **chosen(filters))


@act("/sessions/<session_id>/end", REVOKE, Tag.SESSION_ENDED)
def end_session(session_id: str) -> Response:
    found = db.session.get(Session, session_id)
    if found is None:
        raise UnknownSession
    check_may_act_on(found.user_id)
    service.revoke_by_admin(found.user_id, session_id)
    return done(_("That session has ended."), url_for("admin.sessions"))


def row_of(session: Session, user: User) -> Row:
    """Put a session into words."""
    return Row(session.id, session, user, describe_browser(session.user_agent))


def wanted(filters: dict[str, str]) -> overview.Wanted:
    """Read the filters; somebody who is not there has nothing."""
    person, client = filters.get("person"), filters.get("client")
    user = accounts.find_user(person) or accounts.find_by_identifier(person) if person else None
    return overview.Wanted(
        user_id=(user.id if user else "") if person else None, client_id=client or None,
        state=filters.get("state", ""), risky=filters.get("risk") == "yes",
        after=after(), before=before(), limit=room(),
    )  # fmt: skip


def chosen(filters: dict[str, str]) -> dict[str, Any]:
    """Return the one person and the one app that the filters name, to end all that is theirs."""
    who = wanted(filters)
    return {
        "chosen_user": accounts.find_user(who.user_id) if who.user_id else None,
        "chosen_client": find_client(who.client_id) if who.client_id else None,
    }
