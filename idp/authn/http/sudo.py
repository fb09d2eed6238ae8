"""«Confirm it's you» before a dangerous act; what was posted then is shown again and never done by itself."""

from datetime import timedelta

from flask import Response, url_for

from idp.authn import password
from idp.authn.forms import PasswordForm
from idp.authn.http import again
from idp.authn.http.shared import advance, carried, submit
from idp.authn.request import Visit
from idp.core.http import render, see_other
from idp.sessions import http as sessions
from idp.sessions.errors import InteractionExpired


def show(visit: Visit) -> Response:
    """Ask for the password, unless it was given a short while ago."""
    _check_own(visit)
    return see_other(visit.destination) if _is_fresh(visit) else _page(visit, PasswordForm())


def answer(visit: Visit, form: PasswordForm) -> Response:
    """Check the password, then the second step where there is one, and go on."""
    _check_own(visit)
    return submit(form, lambda: _confirm(visit, form), lambda status: _page(visit, form, status))


def show_held(visit: Visit) -> Response:
    """Show what was posted before the password was asked for, with one button that posts it."""
    _check_own(visit)
    if visit.interaction is None or "action" not in visit.interaction.payload:
        raise InteractionExpired
    if not _is_fresh(visit):
        return see_other(url_for("authn.reauth", flow=visit.flow))
    held = visit.interaction.payload
    return render(
        "auth/go_on.html",
        action=held["action"],
        fields=held["fields"],
        go_on=held["go_on"],
        cancel_url=held["back"],
    )


def _is_fresh(visit: Visit) -> bool:
    """Tell whether the sign-in is as fresh as whoever sent the person here wants it."""
    within = visit.interaction.payload.get("within") if visit.interaction else None
    return sessions.is_fresh(None if within is None else timedelta(seconds=within))


def _confirm(visit: Visit, form: PasswordForm) -> Response:
    return advance(visit, password.verify_again(sessions.get_person(), form.password.data))


def _page(visit: Visit, form: PasswordForm, status: int = 200) -> Response:
    payload = visit.interaction.payload if visit.interaction else {}
    return render(
        "auth/reauth.html", status, form=form, account=sessions.get_person(), says=payload.get("says"),
        cancel_url=payload.get("back") or url_for("portal.home"),
        forgot_url=url_for("accounts.forgot"), passkey_url=url_for("passkeys.confirm"),
        **again.ways(visit), **carried(visit),
    )  # fmt: skip


def _check_own(visit: Visit) -> None:
    if visit.interaction is not None and visit.interaction.user_id != sessions.get_person().id:
        raise InteractionExpired
