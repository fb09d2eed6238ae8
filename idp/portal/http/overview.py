"""The first page of one's own account."""

from flask import Response

from idp.core.http import render
from idp.oauth.apps.service import list_apps
from idp.portal.checks import security_check
from idp.sessions import http as sessions


def show() -> Response:
    """Show who one is, how safe that is, and where one can go."""
    user = sessions.get_person()
    apps = [app for app in list_apps(user.id) if app.client.client_uri]
    return render("account/index.html", user=user, checks=security_check(user), apps=apps[:8])
