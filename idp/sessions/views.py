"""The ends of one's own sessions, and what a page asks so that it can warn in time."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from idp.core.http import flash, see_other
from idp.sessions import http, service
from idp.sessions.guards import fresh

blueprint = Blueprint("sessions", __name__, url_prefix="/account")


@blueprint.post("/sessions/<session_id>/end")
@fresh(_l("To sign out a device, confirm it’s you."), _l("Sign out this device"), "portal.sessions")
def end(session_id: str) -> Response:
    session = service.get_session_of(current_user.id, session_id)
    if session == http.current_session():
        http.sign_out()
        return see_other(url_for("authn.login"))
    service.end(session.id, "revoked")
    flash("success", _("That device is signed out."))
    return see_other(url_for("portal.sessions"))


@blueprint.post("/sessions/end-others")
@fresh(_l("To sign out your other devices, confirm it’s you."), _l("Sign out all other devices"), "portal.sessions")
def end_others() -> Response:
    service.end_all(current_user.id, "revoked", keep=http.get_session().id)
    flash("success", _("Your other devices are signed out."))
    return see_other(url_for("portal.sessions"))


@blueprint.get("/session")
def status() -> Response:
    """Tell a page how long the session goes on; asking does not count as activity."""
    return http.time_left(prolong=False)


@blueprint.post("/session/keep-alive")
def keep_alive() -> Response:
    """Go on for another while, because the person says so (WCAG 2.2.1)."""
    return http.time_left(prolong=True)
