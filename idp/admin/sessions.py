"""All live sessions of the house, and the end of one."""

from dataclasses import dataclass

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from idp.access.level import check_may_act_on
from idp.accounts.models import User
from idp.admin.answers import done
from idp.admin.lists import SIZE, paged
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db
from idp.core.devices import describe_browser
from idp.core.http import render
from idp.oauth.logout.session_apps import apps_of_sessions
from idp.sessions import service
from idp.sessions.errors import UnknownSession
from idp.sessions.models import Session


@dataclass(frozen=True)
class Row:
    """One session with its person, in words."""

    id: str
    session: Session
    user: User
    browser: str


@page("/sessions", "admin.users.read")
def sessions() -> Response:
    query = (
        select(Session, User)
        .join(User, User.id == Session.user_id)
        .where(*service.alive(now()))
        .order_by(Session.id.desc())
        .limit(SIZE + 1)
    )
    if after := request.args.get("after", "")[:26]:
        query = query.where(Session.id < after)
    rows = [Row(found.id, found, user, describe_browser(found.user_agent)) for found, user in db.session.execute(query)]
    shown = paged(rows, "id", {})
    return render("admin/sessions.html", page=shown, apps=apps_of_sessions([row.id for row in shown.rows]))


@act("/sessions/<session_id>/end", "admin.sessions.revoke", Tag.SESSION_ENDED)
def end_session(session_id: str) -> Response:
    found = db.session.get(Session, session_id)
    if found is None:
        raise UnknownSession
    check_may_act_on(found.user_id)
    service.revoke_by_admin(found.user_id, session_id)
    return done(_("That session has ended."), url_for("admin.sessions"))
