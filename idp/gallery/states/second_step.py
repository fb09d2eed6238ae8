"""The second step: taking it, and getting one."""

from datetime import timedelta
from typing import Any

from idp.authn.enrol import forms as enrol
from idp.authn.enrol.http import parts
from idp.authn.enrol.http.overview import Security
from idp.authn.enrol.pending import grouped
from idp.authn.enrol.uri import app_uri
from idp.authn.forms import CodeForm
from idp.gallery.fakes import ALICE, FLOW, LONG, NOON, filled
from idp.gallery.state import State

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = tuple(f"{letter}bcd-7kq9-mx3w" for letter in "efghjkmnpq")
NOT_RIGHT = "That code is not right."


def _verify(form: Any = None, **changes: Any) -> dict[str, Any]:
    values = {
        "form": form or CodeForm(), "account": ALICE, "way": "totp", "flow": FLOW, "other_url": "/login?switch=1",
        "others": [("Use a recovery code", "/login/verify?way=recovery")], "client_name": "Demo Shop",
    }  # fmt: skip
    return {**values, **changes}


def _app(form: Any = None, account: Any = ALICE) -> dict[str, Any]:
    uri = app_uri(account, SEED)
    return {
        "form": form or enrol.AppForm(), "uri": uri, "picture": parts.draw(uri), "key": grouped(SEED),
        "issuer_name": "Acme ID", "account_name": account.email, "cancel_url": "/account/security",
    }  # fmt: skip


def _codes(form: Any = None) -> dict[str, Any]:
    url = "/account/security/recovery-codes.txt"
    return {"form": form or enrol.SavedForm(), "codes": CODES, "download_url": url, "cancel_url": "/account/security"}


def _security(**changes: Any) -> dict[str, Any]:
    values = {
        "has_password": True, "password_changed_at": NOON - timedelta(days=40), "second_step_since": None,
        "is_required": False, "app_name": None, "app_added_at": None, "app_used_at": None, "codes_left": 0,
        "trusted_browsers": 0,
    }  # fmt: skip
    return {"security": Security(**{**values, **changes})}


def _secure() -> dict[str, Any]:
    then = NOON - timedelta(days=9)
    return _security(
        second_step_since=then, app_name="Alice’s phone", app_added_at=then, app_used_at=NOON, codes_left=7,
        trusted_browsers=2,
    )  # fmt: skip


STATES = (
    State("verify", "Second step, the app's code", "auth/verify_totp.html", _verify),
    State("verify-wrong", "Second step, wrong code", "auth/verify_totp.html",
          lambda: _verify(filled(CodeForm, {"code": NOT_RIGHT}), account=LONG), 401),
    State("verify-only-way", "Second step, no other way", "auth/verify_totp.html", lambda: _verify(others=[])),
    State("verify-recovery", "Second step, a recovery code", "auth/verify_recovery.html",
          lambda: _verify(way="recovery", others=[("Use your authenticator app", "/login/verify?way=totp")])),
    State("verify-recovery-wrong", "Second step, wrong recovery code", "auth/verify_recovery.html",
          lambda: _verify(filled(CodeForm, {"code": NOT_RIGHT}), way="recovery", others=[]), 401),
    State("required-app", "A second step is asked for", "auth/required_app.html", lambda: {**_app(), "flow": FLOW}),
    State("required-app-wrong", "A second step is asked for, wrong code", "auth/required_app.html",
          lambda: _app(filled(enrol.AppForm, {"code": NOT_RIGHT}), LONG), 401),
    State("required-codes", "A second step is asked for, the codes", "auth/required_codes.html", _codes),
    State("security", "Security, nothing but a password", "account/security.html", _security),
    State("security-on", "Security, with an app", "account/security.html", _secure,
          flash=("success", "Your authenticator app is set up. Signing in takes its code from now on.")),
    State("security-required", "Security, a second step is asked for", "account/security.html",
          lambda: _security(has_password=False, is_required=True)),
    State("authenticator", "Set up an app", "account/authenticator.html", _app),
    State("authenticator-wrong", "Set up an app, wrong code", "account/authenticator.html",
          lambda: _app(filled(enrol.AppForm, {"code": NOT_RIGHT}), LONG), 401),
    State("recovery-codes", "New recovery codes", "account/recovery_codes.html", _codes),
    State("recovery-codes-wrong", "New recovery codes, not saved", "account/recovery_codes.html",
          lambda: _codes(filled(enrol.SavedForm, {"saved": "Save the codes first, then tick the box."})), 422),
)  # fmt: skip
