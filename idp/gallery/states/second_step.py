"""The second step: taking it, and getting one."""

from datetime import timedelta
from typing import Any

from idp.authn.enrol import forms as enrol
from idp.authn.enrol.http import parts
from idp.authn.enrol.http.browsers import Row as BrowserRow
from idp.authn.enrol.http.overview import Security
from idp.authn.enrol.pending import grouped
from idp.authn.enrol.uri import app_uri
from idp.authn.forms import CodeForm
from idp.authn.passkeys.forms import PasskeyForm, RenameForm
from idp.authn.passkeys.http.account import Row as PasskeyRow
from idp.gallery.fakes import ALICE, FLOW, KNOWN_PASSKEYS, LONG, LONG_NAME, NOON, OPTIONS, filled
from idp.gallery.state import State

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODES = tuple(f"{letter}bcd-7kq9-mx3w" for letter in "efghjkmnpq")
NOT_RIGHT = "That code is not right."
NO_PASSKEY = "The passkey could not confirm that it is you. Try again, or use another way."


def _verify(form: Any = None, **changes: Any) -> dict[str, Any]:
    values = {
        "form": form or CodeForm(), "account": ALICE, "way": "totp", "flow": FLOW, "client_name": "Demo Shop",
        "others": [("Use a recovery code", "/login/verify?way=recovery")], "other_url": "/login?switch=1",
        "trust_for": "30 days", "passkey_options": OPTIONS,
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
        "trusted_browsers": 0, "passkeys": 0,
    }  # fmt: skip
    return {"security": Security(**{**values, **changes})}


def _secure() -> dict[str, Any]:
    then = NOON - timedelta(days=9)
    return _security(
        second_step_since=then, app_name="Alice’s phone", app_added_at=then, app_used_at=NOON, codes_left=7,
        trusted_browsers=2, passkeys=2,
    )  # fmt: skip


def _passkeys(rows: int = 3, form: Any = None) -> dict[str, Any]:
    then = NOON - timedelta(days=30)
    found = (
        PasskeyRow("A", "iCloud Keychain", then, NOON, "Safari on iOS", is_synced=True),
        PasskeyRow("B", LONG_NAME[:60], then, None, None, is_synced=False),
        PasskeyRow("C", "YubiKey 5", then, NOON, None, is_synced=False),
    )
    return {"passkeys": found[:rows], "accepted": KNOWN_PASSKEYS, "form": form or RenameForm()}


def _new_passkey(form: Any = None) -> dict[str, Any]:
    return {"form": form or PasskeyForm(), "passkey_options": OPTIONS}


def _browsers() -> dict[str, Any]:
    then, later = NOON - timedelta(days=3), NOON + timedelta(days=27)
    here = BrowserRow("A", True, "Firefox on Linux", "203.0.113.9", then, NOON, later)
    return {"browsers": [here, BrowserRow("B", False, "Safari on iOS", None, then, None, later)]}


STATES = (
    State("verify-passkey", "Second step, a passkey", "auth/verify_passkey.html",
          lambda: _verify(way="passkey", others=[("Use your authenticator app", "/login/verify?way=totp")])),
    State("passkeys", "Passkeys", "account/passkeys.html", _passkeys,
          flash=("success", "Passkey “iCloud Keychain” added.")),
    State("passkeys-none", "No passkey", "account/passkeys.html", lambda: _passkeys(0)),
    State("passkeys-wrong", "Passkeys, no name", "account/passkeys.html",
          lambda: _passkeys(form=filled(RenameForm, general="Enter a name.")), 422),
    State("passkey-new", "Add a passkey", "account/passkey_new.html", _new_passkey),
    State("passkey-new-wrong", "Add a passkey, refused", "account/passkey_new.html",
          lambda: _new_passkey(filled(PasskeyForm, {"code": NO_PASSKEY})), 401),
    State("trusted-browsers", "Trusted browsers", "account/trusted_browsers.html", _browsers),
    State("trusted-browsers-none", "No trusted browser", "account/trusted_browsers.html", lambda: {"browsers": []}),
    State("security-passkey", "Security, with a passkey", "account/security.html", lambda: _security(passkeys=1)),
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
