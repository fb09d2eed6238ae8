"""Languages: which one a person reads, and where the catalogues are.

Owns the choice of locale and its cookie. Does not own any text: texts stand where they are used.
"""

from typing import Any

from flask import Flask

from idp.core.extensions import babel
from idp.i18n import catalogues, service, views


def init_app(app: Flask) -> None:
    """Bind Flask-Babel with our choice of locale."""
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(catalogues.FOLDER)
    catalogues.compile_stale()
    babel.init_app(app, locale_selector=service.choose_locale, timezone_selector=service.choose_zone)
    app.jinja_env.globals.update(zone_name=service.zone_name, person_zone=service.choose_zone)
    app.register_blueprint(views.blueprint)
    app.context_processor(_page_values)


def _page_values() -> dict[str, Any]:
    return {
        "locale": service.current_language(),
        "text_direction": service.text_direction(),
        "languages": service.LANGUAGES,
    }
