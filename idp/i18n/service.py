"""Choose the language of a page: an app's hint, this browser's choice, the person's, the browser's, English."""

from datetime import datetime

from flask import g, has_request_context
from flask_babel import get_locale, to_user_timezone

from idp.i18n.views import accepted_languages, cookie_language

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "ar": "العربية"}
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
_LONGEST_HINT = 200


def choose_locale() -> str:
    """Return the locale of the present request."""
    if not has_request_context():
        return "en"
    own = g.get("person_locale")
    wanted = [*hint_languages(g.get("ui_locales")), cookie_language(), own, *accepted_languages()]
    return next((found for found in (match_language(value) for value in wanted) if found), "en")


def choose_zone() -> str | None:
    """Return the time zone the person of the present request chose, or None."""
    return g.get("person_zone") if has_request_context() else None


def zone_name(moment: datetime) -> str:
    """Return what the zone of a page's times is called at a moment: UTC, CET, +03."""
    return to_user_timezone(moment).tzname() or "UTC"


def hint_languages(ui_locales: str | None) -> list[str]:
    """Split the `ui_locales` parameter, best first (OpenID Connect Core §3.1.2.1)."""
    return (ui_locales or "")[:_LONGEST_HINT].split()


def match_language(value: str | None) -> str | None:
    """Return the language we have for a BCP 47 tag, or None."""
    if not value:
        return None
    primary = value.replace("_", "-").split("-")[0].lower()
    return primary if primary in LANGUAGES else None


def current_language() -> str:
    """Return the language of the present page."""
    return str(get_locale() or "en").split("_")[0]


def text_direction() -> str:
    """Return `rtl` or `ltr`."""
    return "rtl" if current_language() in _RIGHT_TO_LEFT else "ltr"
