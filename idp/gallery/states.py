"""STATES: every state of every page, one row each, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from idp.accounts import forms as account
from idp.authn import forms as authn
from idp.gallery.fakes import ALICE, LONG, LONG_NAME, NOON, app, filled, item, session

FLOW = "01J0000000000000000000000F"
WRONG = "Check your e-mail and password, then try again."
NOT_YOURS = "That is not your password. Check it, then try again."
SHORT = "Use at least 15 characters. Add one or two more words."
ALICE_AT = "a•••@example.com"
REQUEST = "8f14e45fceea467ab1c2d3e4f5a6b7c8"
SCOPES = (
    item("profile", "See your name and profile", "user", "Alice Baker, Europe/Berlin"),
    item("email", "See your e-mail address", "envelope", "alice@example.com"),
    item("roles", "See your roles and what they allow", "shield-check", "editor, auditor"),
)
KNOWN = (item("profile", "See your name and profile", "user", "Alice Baker", is_new=False),)
OFFLINE = item("offline_access", "Keep access when you are away, until you remove it", "arrow-path")
PHONE = item("phone_number", "Your phone number", "phone", "+49 30 1234567")
BIRTH = item("birthdate", "Your date of birth", "identification", "1990-04-01")


@dataclass(frozen=True)
class State:
    """A page in one of its states."""

    name: str
    title: str
    template: str
    context: Callable[[], dict[str, Any]]
    status: int = 200
    flash: tuple[str, str] | None = None


def _login(form: Any = None, **changes: Any) -> dict[str, Any]:
    values = {
        "form": form or authn.LoginForm(), "flow": None, "next": None, "account": None, "notice": None,
        "client_name": None, "client_host": None, "remember_for": "30 days", "forgot_url": "/forgot",
        "registration_url": "/register", "other_url": "/login?switch=1",
    }  # fmt: skip
    return {**values, **changes}


def _again(form: Any = None, **changes: Any) -> dict[str, Any]:
    values = {"form": form or authn.PasswordForm(), "account": ALICE, "says": None, "forgot_url": "/forgot"}
    return {**values, **changes}


def _consent(**changes: Any) -> dict[str, Any]:
    values = {
        "client_name": "Demo Shop", "client_host": None, "account": ALICE, "items": SCOPES, "voluntary": (),
        "redirect_host": "shop.example.com", "client_id": "demo-web", "policy_uri": "https://shop.example.com/privacy",
        "tos_uri": None, "other_url": "/login?switch=1",
    }  # fmt: skip
    return {**values, **changes}


def _waiting(form: Any = None) -> dict[str, Any]:
    sender = "Acme ID <no-reply@id.example.com>"
    return {
        "form": form or account.CodeForm(), "masked_email": ALICE_AT, "lifetime": "24 hours", "sender": sender,
        "outbox_url": "/dev/mail",
    }  # fmt: skip


def _refused(**changes: Any) -> dict[str, Any]:
    values = {
        "client_name": "Demo Shop", "error": "invalid_request", "description": "The redirect_uri is not registered.",
        "reference": "https://id.example.com/docs/reference/errors#redirect-uri", "request_id": REQUEST, "time": NOON,
        "mismatch": None,
    }  # fmt: skip
    return {**values, **changes}


def _mismatch() -> SimpleNamespace:
    registered = "http://127.0.0.1:8001/callback"
    return SimpleNamespace(sent=registered + "/", registered=registered, difference="trailing slash")


def _sessions() -> dict[str, Any]:
    here = session("Firefox on Linux", is_current=True, last_seen_at=NOON, started_at=NOON - timedelta(hours=1))
    away = session("Safari on iOS", remembered=False, ip="2001:db8:85a3:8d3:1319:8a2e:370:7348")
    return {"sessions": [here, away, session("an unknown browser")]}


def _apps() -> dict[str, Any]:
    return {"apps": [app("Demo Shop", is_offline=True), app(LONG_NAME, used_at=None)]}


def _error(message: str = "", retry_after: int | None = None) -> dict[str, Any]:
    return {"request_id": REQUEST, "message": message, "retry_after": retry_after}


def _mails() -> dict[str, Any]:
    subjects = ("Confirm your e-mail address", "New sign-in to your account")
    return {"mails": [SimpleNamespace(id=FLOW, to=ALICE.email, subject=text, sent_at=NOON) for text in subjects]}


def _rows() -> dict[str, Any]:
    row = SimpleNamespace(
        anchor="invalid_grant-code-used", description="This code was already used.",
        cause="A code is good for one exchange.", fix="Send each code once.",
    )  # fmt: skip
    return {"errors": [("invalid_grant", [row])]}


_SIGN_IN = (
    State("login", "Sign in", "auth/login.html", _login),
    State("login-app", "Sign in, for an app", "auth/login.html", lambda: _login(client_name="Demo Shop", flow=FLOW)),
    State(
        "login-unverified-app", "Sign in, for an app nobody has verified", "auth/login.html",
        lambda: _login(client_name=LONG_NAME, client_host="shop.example.com", flow=FLOW),
    ),
    State(
        "login-wrong", "Sign in, wrong password", "auth/login.html",
        lambda: _login(filled(authn.LoginForm, {"identifier": WRONG}, identifier="alice@example.com")), 401,
    ),
    State(
        "login-empty", "Sign in, nothing typed", "auth/login.html",
        lambda: _login(
            filled(authn.LoginForm, {"identifier": "Enter your e-mail address.", "password": "Enter your password."})
        ), 422,
    ),
    State(
        "login-too-many", "Sign in, too many tries", "auth/login.html",
        lambda: _login(
            filled(
                authn.LoginForm, general="Too many tries. Try again in 5 minutes, or reset your password.",
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
          lambda: _login(authn.LoginForm(identifier=ALICE.email), account=ALICE, client_name="Demo Shop")),
    State(
        "login-confirmed", "Sign in, with a message", "auth/login.html", _login,
        flash=("success", "Your e-mail address is confirmed. Sign in to go on."),
    ),
    State("choose", "Already signed in", "auth/choose.html",
          lambda: {"account": ALICE, "signed_in": True, "client_name": "Demo Shop"}),
    State("choose-step", "A step is missing", "auth/choose.html", lambda: {"account": LONG, "signed_in": False}),
    State("reauth", "Confirm it's you, before an act", "auth/reauth.html",
          lambda: _again(says="To sign out a device, confirm it’s you.", cancel_url="/account/sessions")),
    State("reauth-app", "Confirm it's you, for an app", "auth/reauth.html",
          lambda: _again(client_name="Demo Shop", other_url="/login?switch=1")),
    State("reauth-wrong", "Confirm it's you, wrong password", "auth/reauth.html",
          lambda: _again(filled(authn.PasswordForm, {"password": NOT_YOURS}), cancel_url="/account"), 401),
    State("go-on", "What was held back", "auth/go_on.html",
          lambda: {"go_on": "Sign out this device", "action": "/", "fields": [("a", "b")], "cancel_url": "/"}),
    State("terms", "Accept the terms", "auth/required_terms.html", lambda: {"terms_url": "https://example.com/terms"}),
    State("consent", "Consent, first time", "auth/consent.html", lambda: _consent(items=(*SCOPES, OFFLINE))),
    State("consent-new", "Consent, something new", "auth/consent.html", lambda: _consent(items=(*KNOWN, *SCOPES[1:]))),
    State("consent-known", "Consent, asked again", "auth/consent.html", lambda: _consent(items=KNOWN)),
    State("consent-choice", "Consent, with a choice", "auth/consent.html", lambda: _consent(voluntary=(PHONE, BIRTH))),
    State("consent-nothing", "Consent, only who it is", "auth/consent.html", lambda: _consent(items=())),
    State("consent-stranger", "Consent, an app nobody has verified", "auth/consent.html",
          lambda: _consent(client_host="unknown.example.net", account=LONG, redirect_host="com.example.app:")),
    State("form-post", "The answer by a form", "auth/form_post.html",
          lambda: {"action": "/dev/gallery", "fields": [("code", "x")], "client_name": "Demo Shop"}),
    State("logout", "Sign out?", "auth/logout.html", lambda: {"account": ALICE, "apps": ["Demo Shop", "Blog", "Wiki"]}),
    State("logout-app", "Sign out, asked by an app", "auth/logout.html",
          lambda: {"account": ALICE, "apps": ["Demo Shop"], "client_name": "Demo Shop", "flow": FLOW}),
    State("logged-out", "Signed out", "auth/logged_out.html", lambda: {"sign_in_url": "/login"}),
    State("logged-out-app", "Signed out, back to the app", "auth/logged_out.html",
          lambda: {"client_name": "Demo Shop", "back_url": "https://shop.example.com/", "sign_in_url": "/login"}),
)  # fmt: skip
_ACCOUNTS = (
    State("register", "Create an account", "auth/register.html", lambda: {"form": account.RegisterForm()}),
    State("register-wrong", "Create an account, weak password", "auth/register.html",
          lambda: {"form": filled(account.RegisterForm, {"new_password": SHORT}, email="nora@example.com")}, 422),
    State("register-closed", "Create an account, closed", "auth/message.html",
          lambda: {"title": "You cannot create an account here", "text": "Ask an administrator for an invitation.",
                   "action_url": "/login", "action_label": "Sign in"}, 403),
    State("check-email", "Check your e-mail", "auth/check_email.html", _waiting),
    State("check-email-wrong", "Check your e-mail, wrong code", "auth/check_email.html",
          lambda: _waiting(filled(account.CodeForm, {"code": "That code is not right."})), 422),
    State("verify-confirm", "Confirm the address", "auth/verify_confirm.html", lambda: {"email": ALICE.email}),
    State("forgot", "Forgot password", "auth/forgot.html", lambda: {"form": account.AddressForm(), "flow": FLOW}),
    State("forgot-sent", "Forgot password, the answer", "auth/forgot_sent.html",
          lambda: {"lifetime": "30 minutes", "outbox_url": "/dev/mail"}),
    State("reset", "Choose a new password", "auth/reset.html",
          lambda: {"form": account.NewPasswordForm(), "masked_email": ALICE_AT, "email": ALICE.email}),
    State("invite", "Accept an invitation", "auth/invite.html",
          lambda: {"form": account.InvitationForm(), "email": ALICE.email}),
    State("not-me", "This wasn't me", "auth/not_me.html", lambda: {"email": ALICE.email, "masked_email": ALICE_AT}),
    State("unlock", "Unblock sign-in", "auth/unlock.html", lambda: {"email": ALICE.email, "masked_email": ALICE_AT}),
    State("account", "Overview", "account/index.html", lambda: {"user": ALICE}),
    State("account-long", "Overview, long names", "account/index.html", lambda: {"user": LONG}),
    State("password", "Change the password", "account/password.html",
          lambda: {"form": account.ChangePasswordForm(), "user": ALICE}),
    State("password-wrong", "Change the password, wrong", "account/password.html",
          lambda: {"form": filled(account.ChangePasswordForm, {"password": NOT_YOURS}), "user": ALICE}, 422),
    State("sessions", "Sessions", "account/sessions.html", _sessions, flash=("success", "That device is signed out.")),
    State("apps", "Connected apps", "account/apps.html", _apps),
    State("apps-none", "No connected app", "account/apps.html", lambda: {"apps": []}),
    State("app", "One connected app", "account/app_detail.html",
          lambda: {"app": app("Demo Shop", is_offline=True), "lines": SCOPES}),
)  # fmt: skip
_REST = (
    State("error-request", "An app's wrong request", "errors/request.html", lambda: _refused(client_name=None), 400),
    State("error-mismatch", "An app's wrong address, in development", "errors/request.html",
          lambda: _refused(mismatch=_mismatch()), 400),
    State("error-bad-request", "400", "errors/bad_request.html", _error, 400),
    State("error-forbidden", "403", "errors/forbidden.html", _error, 403),
    State("error-expired", "Expired", "errors/expired.html", _error, 403),
    State("error-not-found", "404", "errors/not_found.html", _error, 404),
    State("error-method", "405", "errors/method.html", _error, 405),
    State("error-too-large", "413", "errors/too_large.html", _error, 413),
    State("error-too-many", "429", "errors/too_many.html", lambda: _error(retry_after=240), 429),
    State("error-server", "500", "errors/server.html", _error, 500),
    State("error-unavailable", "503", "errors/unavailable.html", _error, 503),
    State("reference", "Errors of the protocol", "docs/errors.html", _rows),
    State("outbox", "Development outbox", "dev/mail.html", _mails),
    State("outbox-empty", "Development outbox, empty", "dev/mail.html", lambda: {"mails": []}),
)  # fmt: skip
STATES = {state.name: state for state in (*_SIGN_IN, *_ACCOUNTS, *_REST)}
