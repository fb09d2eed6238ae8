"""Signing in, and the steps on the way."""

from typing import Any

from idp.accounts.forms import NewPasswordForm
from idp.authn import forms
from idp.authn.email.forms import AskForm, GoOnForm, MailCodeForm
from idp.authn.passkeys.forms import PasskeyForm
from idp.gallery.fakes import ALICE, FLOW, LONG, LONG_NAME, NOON, NOT_YOURS, OPTIONS, UNKNOWN_PASSKEY, Person, filled
from idp.gallery.look import APP, SMALL, WIDE, with_look
from idp.gallery.state import State
from idp.sessions.browser_accounts import Account

WRONG = "Check your e-mail and password, then try again."


def _login(form: Any = None, **changes: Any) -> dict[str, Any]:
    values = {
        "form": form or forms.LoginForm(), "flow": None, "next": None, "account": None, "notice": None,
        "client_name": None, "client_host": None, "remember_for": "30 days", "forgot_url": "/forgot",
        "registration_url": "/register", "other_url": "/login?switch=1", "passkey_options": OPTIONS,
        "passkey_url": "/login/passkey", "email_url": "/login/email",
    }  # fmt: skip
    return {**values, **changes}


def _again(form: Any = None, **changes: Any) -> dict[str, Any]:
    values = {"form": form or forms.PasswordForm(), "account": ALICE, "says": None, "forgot_url": "/forgot"}
    return {**values, **changes}


def _passkey(form: Any = None, unknown: str | None = None) -> dict[str, Any]:
    return {"form": form or PasskeyForm(), "passkey_options": OPTIONS, "back_url": "/login", "unknown": unknown,
            "client_name": "Demo Shop", "flow": FLOW}  # fmt: skip


def _accounts() -> dict[str, Any]:
    here = Account("A", "A", ALICE.name, ALICE.email, is_live=True, is_current=True, last_seen_at=NOON)
    there = Account("B", "B", LONG.name, LONG.email, is_live=True, is_current=False, last_seen_at=NOON)
    gone = Account("C", "C", "", "carol@example.com", is_live=False, is_current=False, last_seen_at=NOON)
    return {"accounts": [here, there, gone], "other_url": "/login?switch=1", "client_name": "Demo Shop", "flow": FLOW}


def _email_code(form: Any = None) -> dict[str, Any]:
    return {"form": form or MailCodeForm(), "masked_email": "a•••@example.com", "lifetime": "10 minutes",
            "sender": "Acme ID <no-reply@id.example.com>", "remember_for": "30 days", "outbox_url": None,
            "back_url": "/login/email", "client_name": "Demo Shop", "flow": FLOW}  # fmt: skip


_PASSKEY = {"passkey_options": OPTIONS, "passkey_url": "/reauth/passkey"}
GONE = "This passkey is no longer linked to an account. Use another way to sign in."


STATES = (
    State("login", "Sign in", "auth/login.html", _login),
    State("login-look", "Sign in, with a logo and an accent", "auth/login.html",
          lambda: with_look(WIDE, _login(client_name="Demo Shop", client_logo=APP, flow=FLOW))),
    State("login-look-square", "Sign in, with a square logo", "auth/login.html",
          lambda: with_look(SMALL, _login(client_name=LONG_NAME, client_logo=APP, flow=FLOW))),
    State("login-app", "Sign in, for an app", "auth/login.html", lambda: _login(client_name="Demo Shop", flow=FLOW)),
    State(
        "login-unverified-app", "Sign in, for an app nobody has verified", "auth/login.html",
        lambda: _login(client_name=LONG_NAME, client_host="shop.example.com", flow=FLOW),
    ),
    State(
        "login-wrong", "Sign in, wrong password", "auth/login.html",
        lambda: _login(filled(forms.LoginForm, {"identifier": WRONG}, identifier="alice@example.com")), 401,
    ),
    State(
        "login-empty", "Sign in, nothing typed", "auth/login.html",
        lambda: _login(
            filled(forms.LoginForm, {"identifier": "Enter your e-mail address.", "password": "Enter your password."})
        ), 422,
    ),
    State(
        "login-too-many", "Sign in, too many tries", "auth/login.html",
        lambda: _login(
            filled(
                forms.LoginForm, general="Too many tries. Try again in 5 minutes, or reset your password.",
                identifier="alice@example.com",
            )
        ), 429,
    ),
    State(
        "login-idle", "Sign in, after a session ran out", "auth/login.html",
        lambda: _login(notice="You were signed out after 30 minutes without activity."),
    ),
    State("login-closed", "Sign in, sign-up closed", "auth/login.html",
          lambda: _login(registration_url=None, remember_for=None)),
    State("login-hinted", "Sign in, a known account", "auth/login.html",
          lambda: _login(forms.LoginForm(identifier=ALICE.email), account=ALICE, client_name="Demo Shop")),
    State(
        "login-confirmed", "Sign in, with a message", "auth/login.html", _login,
        flash=("success", "Your e-mail address is confirmed. Sign in to go on."),
    ),
    State("choose", "Already signed in", "auth/choose.html",
          lambda: {"account": ALICE, "signed_in": True, "client_name": "Demo Shop"}),
    State("choose-step", "A step is missing", "auth/choose.html", lambda: {"account": LONG, "signed_in": False}),
    State("accounts", "Choose an account", "auth/accounts.html", _accounts),
    State("reauth", "Confirm it's you, before an act", "auth/reauth.html",
          lambda: _again(says="To sign out a device, confirm it’s you.", cancel_url="/account/sessions")),
    State("reauth-app", "Confirm it's you, for an app", "auth/reauth.html",
          lambda: _again(client_name="Demo Shop", other_url="/login?switch=1")),
    State("reauth-wrong", "Confirm it's you, wrong password", "auth/reauth.html",
          lambda: _again(filled(forms.PasswordForm, {"password": NOT_YOURS}), cancel_url="/account"), 401),
    State("reauth-passkey", "Confirm it's you, with a passkey", "auth/reauth.html",
          lambda: _again(says="To add a passkey, confirm it’s you.", cancel_url="/account", **_PASSKEY)),
    State("reauth-passkey-only", "Confirm it's you, without a password", "auth/reauth.html",
          lambda: _again(account=Person(has_password=False), cancel_url="/account", **_PASSKEY)),
    State("passkey", "Sign in with a passkey", "auth/passkey.html", _passkey),
    State("passkey-unknown", "Sign in with a passkey that is gone", "auth/passkey.html",
          lambda: _passkey(filled(PasskeyForm, {"code": GONE}), unknown=UNKNOWN_PASSKEY), 401),
    State("email", "Sign in by e-mail", "auth/email.html",
          lambda: {"form": AskForm(), "own_address": None, "back_url": "/login", "flow": FLOW}),
    State("email-own", "Confirm by e-mail", "auth/email.html",
          lambda: {"form": AskForm(), "own_address": ALICE.email, "back_url": "/reauth"}),
    State("email-code", "Sign in by e-mail, the code", "auth/email_code.html", _email_code),
    State("email-code-wrong", "Sign in by e-mail, wrong code", "auth/email_code.html",
          lambda: _email_code(filled(MailCodeForm, {"code": "That code is not right."})), 401),
    State("email-confirm", "Sign in by e-mail, the link", "auth/email_confirm.html",
          lambda: {"form": GoOnForm(), "account": LONG, "remember_for": "30 days", "client_name": "Demo Shop"}),
    State("go-on", "What was held back", "auth/go_on.html",
          lambda: {"go_on": "Sign out this device", "action": "/", "fields": [("a", "b")], "cancel_url": "/"}),
    State("terms", "Accept the terms", "auth/required_terms.html",
          lambda: {"terms_url": "https://example.com/terms", "progress": "Step 2 of 3"}),
    State("required-password", "A new password is due", "auth/required_password.html",
          lambda: {"form": NewPasswordForm(), "account": ALICE, "minimum": 15, "progress": "Step 1 of 3"}),
    State("required-profile", "A name is missing", "auth/required_profile.html",
          lambda: {"form": forms.NameForm(), "progress": "Step 3 of 3"}),
    State("required-profile-wrong", "No name told", "auth/required_profile.html",
          lambda: {"form": filled(forms.NameForm, {"name": "Enter your name."})}, 422),
    State("required-passkey", "A passkey is offered", "auth/required_passkey.html",
          lambda: {"form": PasskeyForm(), "passkey_options": OPTIONS, "flow": FLOW}),
)  # fmt: skip
