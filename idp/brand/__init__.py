"""The look of the house: the style sheet of its accent, and the logos, its own and those of apps.

Owns the table of logos and the addresses they are served at. Does not own the settings of the brand
(idp.core.settings), nor says which app has a logo: idp.clients gives it one.
"""

from flask import Flask

from idp.brand import house, models, sheet, store, views

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    """Mount the addresses, and let every page ask for the logos and the style sheet."""
    app.register_blueprint(views.blueprint)
    app.jinja_env.globals.update(
        brand_sheet=sheet.address, house_logos=house.house_logos, logo_url=store.address_of
    )  # fmt: skip
