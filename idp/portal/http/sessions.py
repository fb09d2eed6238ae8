"""Where one is signed in, and the apps used there."""

from flask import Response

from idp.core.http import render
from idp.oauth.logout.session_apps import apps_of_sessions
from idp.sessions import http as sessions
from idp.sessions.pages import list_rows


def show() -> Response:
    """List the live sessions."""
    rows = list_rows(sessions.get_person().id, sessions.current_session())
    apps = apps_of_sessions([row.id for row in rows])
    return render("account/sessions.html", sessions=rows, apps=apps)
