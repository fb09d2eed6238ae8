"""The gallery: every state of every page with invented data, on a development server at /dev/gallery.

Owns the table of states, which the tests of the pages walk too. Does not own any page: it renders the real templates.
"""

from flask import Flask

from idp.core.settings import Settings
from idp.gallery import views


def init_app(app: Flask) -> None:
    """Mount the gallery in development only."""
    config: Settings = app.extensions["idp.settings"]
    if config.development:
        app.register_blueprint(views.blueprint)
