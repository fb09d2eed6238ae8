"""The language form of the footer, and what the browser says of languages."""

from flask import Blueprint, Response, request

from idp.core.http import read_cookie, safe_next, see_other, set_cookie

blueprint = Blueprint("i18n", __name__)

YEAR = 365 * 24 * 3600
_THEMES = {"system", "light", "dark"}


def cookie_language() -> str | None:
    """Return the language this browser chose before."""
    return read_cookie("language")


def accepted_languages() -> list[str]:
    """Return the languages of Accept-Language, best first."""
    return [value for value, _quality in request.accept_languages][:10]


@blueprint.post("/preferences/display")
def display() -> Response:
    """Keep the chosen language and theme in cookies, and go back to the page."""
    response = see_other(safe_next(request.form.get("next")) or "/")
    language = request.form.get("language", "")
    if language.isalpha() and len(language) <= 3:
        set_cookie(response, "language", language, max_age=YEAR)
    if request.form.get("theme") in _THEMES:
        set_cookie(response, "theme", request.form["theme"], max_age=YEAR)
    return response
