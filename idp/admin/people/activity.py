"""Where a person is signed in, which apps they use, and what happened to them."""

from flask import Response
from flask_babel import gettext as _

from idp.accounts import service
from idp.admin.answers import done
from idp.admin.audit.views import page_of_events
from idp.admin.people.tabs import AUDIT, READ, REVOKE, WRITE, changeable, finished, show, url_of
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.oauth.apps.service import get_app, list_apps
from idp.oauth.authorize.consents import withdraw_consent
from idp.sessions import service as sessions
from idp.sessions.pages import list_rows


@page("/users/<user_id>/sessions", READ)
def user_sessions(user_id: str) -> Response:
    person = service.get_user(user_id)
    return show("user_sessions", "sessions", person, sessions=list_rows(person.id, None))


@act("/users/<user_id>/sessions/<session_id>/end", REVOKE, Tag.SESSION_ENDED)
def end_session_of_user(user_id: str, session_id: str) -> Response:
    person = changeable(user_id)
    sessions.revoke_by_admin(person.id, sessions.get_session_of(person.id, session_id).id)
    return done(_("That session has ended."), url_of("user_sessions", user_id))


@act("/users/<user_id>/sign-out", REVOKE, Tag.SESSIONS_REVOKED)
def sign_out_user(user_id: str) -> Response:
    person = changeable(user_id)
    sessions.revoke_by_admin(person.id)
    return finished(person, _("Signed out everywhere."), "user_sessions")


@page("/users/<user_id>/apps", READ)
def user_apps(user_id: str) -> Response:
    person = service.get_user(user_id)
    return show("user_apps", "apps", person, apps=list_apps(person.id))


@act("/users/<user_id>/apps/<client_id>/remove", WRITE, Tag.CONSENT_WITHDRAWN)
def withdraw_consent_of_user(user_id: str, client_id: str) -> Response:
    person = changeable(user_id)
    withdraw_consent(person.id, get_app(person.id, client_id).client.id)
    return done(_("The app has no access any more."), url_of("user_apps", user_id))


@page("/users/<user_id>/events", AUDIT)
def user_events(user_id: str) -> Response:
    person = service.get_user(user_id)
    return show("user_events", "events", person, **page_of_events({"subject": f"user:{person.id}"}, user_id=person.id))
