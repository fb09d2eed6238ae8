"""Pages of one's own account that draw on every room: the overview, and what is asked of all of them at once.

Owns what such pages show. Does not own what they show it of: password and profile belong to `accounts`, devices to
`sessions`, factors to `authn`, connected apps to `oauth`.
"""

from flask import Flask

from idp.portal import nav, views


def init_app(app: Flask) -> None:
    """Mount the pages, and give every account page its navigation."""
    app.jinja_env.globals.update(account_nav=nav.entries, few_recovery_codes=nav.few_codes)
    app.register_blueprint(views.blueprint)
