"""People: who they are, how an account begins, how its owner gets back in, and how it ends.

Owns persons, their passwords and the links that are mailed to them. Does not own sessions, factors or what a person
may do.
"""

from flask import Flask

from idp.accounts import naming as _naming  # noqa: F401 - the trail asks it
from idp.accounts import views


def init_app(app: Flask) -> None:
    """Mount the pages."""
    app.register_blueprint(views.blueprint)
