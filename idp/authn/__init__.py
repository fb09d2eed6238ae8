"""How a person proves who they are: the factors, the order of the steps, the sign-in pages.

Owns sign-in from the first field to the opened session, and its lockout. Does not own accounts and their passwords
(`accounts`), sessions and interactions (`sessions`), nor what an app asks for (`oauth` writes it into an interaction).
"""

from flask import Flask

from idp.authn import listeners, views
from idp.authn.email import views as email
from idp.authn.enrol import views as enrol
from idp.authn.passkeys import views as passkeys


def init_app(app: Flask) -> None:
    """Mount the pages and listen."""
    app.register_blueprint(views.blueprint)
    app.register_blueprint(enrol.blueprint)
    app.register_blueprint(passkeys.blueprint)
    app.register_blueprint(email.blueprint)
    listeners.connect()
