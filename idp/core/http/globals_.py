"""What every template can use, and the absence of Flask's own session."""

from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from flask_babel import format_timedelta
from heroicons.jinja import heroicon_micro, heroicon_mini, heroicon_outline, heroicon_solid
from werkzeug.datastructures import CallbackDict

from idp.core.assets import asset
from idp.core.drawing.brand_rules import link_to_help
from idp.core.http.cookies import read_cookie
from idp.core.http.csrf import csrf_field
from idp.core.http.flash import flashed
from idp.core.http.headers import csp_nonce
from idp.core.settings import settings


class _Nothing(CallbackDict[str, Any], SessionMixin):
    """A session that is always empty."""


class NoFlaskSession(SessionInterface):
    """No state in a signed cookie: it could not be revoked. Sessions are rows (idp.sessions)."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        """Give libraries that look for a session an empty one."""
        del app, request
        return _Nothing()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep nothing."""


def init_app(app: Flask) -> None:
    """Give templates their globals."""
    app.jinja_env.globals.update(
        asset=asset,
        csp_nonce=csp_nonce,
        csrf_field=csrf_field,
        flashed=flashed,
        brand=lambda: settings().brand,
        duration=_duration,
        heroicon_outline=heroicon_outline,
        heroicon_mini=heroicon_mini,
        heroicon_micro=heroicon_micro,
        heroicon_solid=heroicon_solid,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.context_processor(_page_values)


def _duration(seconds: int) -> str:
    """Say a length of time in words of the page's language."""
    return str(format_timedelta(timedelta(seconds=seconds)))


def _page_values() -> dict[str, Any]:
    config = settings()
    theme = read_cookie("theme")
    return {
        "settings": {
            "brand_name": config.brand.name,
            "support_email": config.brand.support_email,
            "support_link": link_to_help(config.brand),
            "privacy_url": config.brand.privacy_url,
            "terms_url": config.brand.terms_url,
            "imprint_url": config.brand.imprint_url,
            "several_accounts": config.sessions.several_accounts,
            "minimum_password_length": config.passwords.minimum_length,
            "registration": config.accounts.registration,
            "development": config.development,
            "issuer": config.issuer,
        },
        "theme": theme if theme in {"light", "dark"} else "system",
    }
