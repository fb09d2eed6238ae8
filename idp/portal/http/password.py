"""A password for an account that has none."""

from flask import Response, url_for
from flask_babel import gettext as _

from idp.accounts.credentials.recovery import choose_password
from idp.accounts.credentials.strength import minimum_length
from idp.accounts.forms import NewPasswordForm
from idp.accounts.http.answers import again, submit
from idp.core.http import flash, see_other
from idp.sessions import http as sessions


def choose(form: NewPasswordForm) -> Response:
    """Keep the first password."""
    user = sessions.get_person()

    def act() -> Response:
        choose_password(user.id, form.new_password.data, keep_session_id=sessions.get_session().id)
        sessions.rotate_current()
        flash("success", _("Your password was saved."))
        return see_other(url_for("enrol.security"))

    return submit(form, act, again("account/password.html", form, user=user, minimum=minimum_length(user)))
