"""Sessions: who is signed in on which browser, until when, and what a browser must still finish.

Owns sessions, known browsers and interactions, their cookie, the guards of views and the page of one's own sessions.
Does not own how a person proves who they are (`authn`) nor what apps were given on a session (`oauth`).
"""

from flask import Flask

from idp.core.extensions import login_manager
from idp.sessions import http, listeners, views
from idp.sessions.errors import InteractionExpired


def init_app(app: Flask) -> None:
    """Let Flask-Login find people by our rows, and mount the pages."""
    # Flask-Login's own remember-me cookie would be looked at before our rows; no cookie can have this name.
    app.config["REMEMBER_COOKIE_NAME"] = ";"
    login_manager.request_loader(http.load_person)
    login_manager.unauthorized_handler(http.to_sign_in)
    app.after_request(http.send_session_cookie)
    app.register_error_handler(InteractionExpired, http.expired_page)
    app.register_blueprint(views.blueprint)
    listeners.connect()
