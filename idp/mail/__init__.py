"""Mails: rendered in two parts, kept in the outbox, sent by SMTP or shown on the development page.

Owns how a mail is built and leaves the house. Does not own when one is sent or what it says: the slices have their
`mails.py` and templates.
"""

from flask import Flask

from idp.core.settings import Settings
from idp.mail import smtp, views


def init_app(app: Flask) -> None:
    """Set up Flask-Mail for the configured server and mount the development page."""
    config: Settings = app.extensions["idp.settings"]
    smtp.init_app(app, config)
    if config.development and config.mail.url.startswith("outbox:"):
        app.register_blueprint(views.blueprint)
