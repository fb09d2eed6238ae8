"""Language, time zone, colours and notices."""

from flask import Response, url_for
from flask_babel import gettext as _

from idp.accounts.http.answers import submit
from idp.accounts.profiles.preferences import DEFAULTS, preferences_of, save_preferences
from idp.core.http import flash, read_cookie, render, see_other, set_cookie
from idp.i18n.service import match_language
from idp.i18n.views import YEAR
from idp.portal.forms import PreferencesForm
from idp.sessions import http as sessions


def show(form: PreferencesForm | None = None, status: int = 200) -> Response:
    """Show what was chosen."""
    user = sessions.get_person()
    chosen = {
        "locale": match_language(user.locale) or "", "zoneinfo": user.zoneinfo or "",
        "theme": read_cookie("theme") or "system", **preferences_of(user),
    }  # fmt: skip
    return render("account/preferences.html", status, form=form or PreferencesForm(**chosen))


def save(form: PreferencesForm) -> Response:
    """Keep what was chosen: with the account, and for this browser in its cookies."""
    return submit(form, lambda: _save(form), lambda status: show(form, status))


def _save(form: PreferencesForm) -> Response:
    user = sessions.get_person()
    chosen = {name: form[name].data for name in DEFAULTS}
    # A more exact language (de-CH) stays when its own is chosen again.
    locale = user.locale if match_language(user.locale) == form.locale.data else form.locale.data
    save_preferences(user.id, locale=locale or None, zoneinfo=form.zoneinfo.data or None, **chosen)
    flash("success", _("Your preferences were saved."))
    response = see_other(url_for("portal.preferences"))
    set_cookie(response, "theme", form.theme.data, max_age=YEAR)
    if form.locale.data:
        set_cookie(response, "language", form.locale.data, max_age=YEAR)
    return response
