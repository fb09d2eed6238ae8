"""Signing in, and confirming who one is, with a passkey."""

import json
from typing import Any

from flask import Response, url_for

from idp.authn.errors import UnknownPasskey
from idp.authn.http.shared import advance, carried, submit
from idp.authn.passkeys import ceremony, service
from idp.authn.passkeys.forms import PasskeyForm
from idp.authn.request import Ask, Visit
from idp.core.http import browser_id, render, see_other
from idp.sessions import http as sessions
from idp.sessions.browsers import browser_digest


def options() -> str:
    """Return what the present browser is asked, as JSON; it is known by its cookie from then on."""
    browser_id()
    return ceremony.ask_to_sign_in(browser_digest())


def show(visit: Visit) -> Response:
    """Show the page with one button."""
    return _page(visit, PasskeyForm()) if visit.ask in {Ask.EVERYTHING, Ask.AGAIN} else _to_sign_in(visit)


def answer(visit: Visit, form: PasskeyForm) -> Response:
    """Take a passkey as the first factor, or as a new proof of who is signed in."""
    if visit.ask not in {Ask.EVERYTHING, Ask.AGAIN}:
        return _to_sign_in(visit)
    return _take(visit, form, only=visit.only, back_url=_back(visit))


def confirm(visit: Visit, form: PasskeyForm) -> Response:
    """Take a passkey of the person who is signed in, before a dangerous act."""
    back = url_for("authn.reauth", flow=visit.flow, next=visit.next)
    return _take(visit, form, only=sessions.get_person().id, back_url=back)


def _take(visit: Visit, form: PasskeyForm, *, only: str | None, back_url: str) -> Response:
    unknown: list[str] = []

    def act() -> Response:
        try:
            return advance(visit, service.verify(form.code.data, browser_digest(), only=only))
        except UnknownPasskey as error:
            unknown.append(error.credential_id)
            raise

    return submit(form, act, lambda status: _page(visit, form, status, back_url=back_url, unknown=unknown))


def _page(visit: Visit, form: PasskeyForm, status: int = 200, **values: Any) -> Response:
    unknown = values.pop("unknown", None)
    told = json.dumps({"rpId": ceremony.rp_id(), "credentialId": unknown[0]}) if unknown else None
    values = {"back_url": _back(visit), **values}
    return render(
        "auth/passkey.html", status, form=form, passkey_options=options(), unknown=told, **values, **carried(visit)
    )


def _back(visit: Visit) -> str:
    return url_for("authn.login", flow=visit.flow, next=visit.next, switch=1 if visit.switch else None)


def _to_sign_in(visit: Visit) -> Response:
    return see_other(_back(visit))
