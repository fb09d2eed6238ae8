"""Consent, connected apps, signing out of them, and what they may get wrong."""

from types import SimpleNamespace
from typing import Any

from idp.gallery.fakes import ALICE, FLOW, LONG, LONG_NAME, NOON, REQUEST, app, filled, item
from idp.gallery.look import APP, WIDE, with_look
from idp.gallery.state import State
from idp.oauth.device.forms import UserCodeForm

SCOPES = (
    item("profile", "See your name and profile", "user", "Alice Baker, Europe/Berlin"),
    item("email", "See your e-mail address", "envelope", "alice@example.com"),
    item("roles", "See your roles and what they allow", "shield-check", "editor, auditor"),
)
KNOWN = (item("profile", "See your name and profile", "user", "Alice Baker", is_new=False),)
NO_DEVICE = "That code does not match. Check the device, or start again there."
OFFLINE = item("offline_access", "Keep access when you are away, until you remove it", "arrow-path")
PHONE = item("phone_number", "Your phone number", "phone", "+49 30 1234567")
BIRTH = item("birthdate", "Your date of birth", "identification", "1990-04-01")


def _consent(**changes: Any) -> dict[str, Any]:
    values = {
        "client_name": "Demo Shop", "client_host": None, "client_logo": None, "account": ALICE, "items": SCOPES,
        "voluntary": (), "redirect_host": "shop.example.com", "client_id": "demo-web",
        "policy_uri": "https://shop.example.com/privacy",
        "tos_uri": None, "other_url": "/login?switch=1",
    }  # fmt: skip
    return {**values, **changes}


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


def _apps(logo: str | None = None) -> dict[str, Any]:
    return {"apps": [app("Demo Shop", logo=logo, is_offline=True), app(LONG_NAME, used_at=None)]}


def _rows() -> dict[str, Any]:
    row = SimpleNamespace(
        anchor="invalid_grant-code-used", description="This code was already used.",
        cause="A code is good for one exchange.", fix="Send each code once.",
    )  # fmt: skip
    return {"errors": [("invalid_grant", [row])]}


def _device(**changes: Any) -> dict[str, Any]:
    values = {
        "client_name": "Demo TV", "account": ALICE, "items": SCOPES, "user_code": "WDJB-MJHT", "asked_at": NOON,
        "network": "203.0.113.9", "other_url": "/login?switch=1",
    }  # fmt: skip
    return {**values, **changes}


STATES = (
    State("device", "Connect a device", "device/code.html", lambda: {"form": UserCodeForm()}),
    State("device-wrong", "Connect a device, wrong code", "device/code.html",
          lambda: {"form": filled(UserCodeForm, {"user_code": NO_DEVICE}, user_code="WDJB-MJHX")}, 422),
    State("device-confirm", "Compare the code", "device/confirm.html", lambda: _device(items=(*SCOPES, OFFLINE))),
    State("device-confirm-long", "Compare the code, long names", "device/confirm.html",
          lambda: _device(client_name=LONG_NAME, account=LONG, items=(), network=None)),
    State("device-done", "Device connected", "device/done.html", lambda: {"allowed": True}),
    State("device-denied", "Device not connected", "device/done.html", lambda: {"allowed": False}),
    State("consent", "Consent, first time", "auth/consent.html", lambda: _consent(items=(*SCOPES, OFFLINE))),
    State("consent-look", "Consent, with a logo of the app", "auth/consent.html",
          lambda: with_look(WIDE, _consent(client_logo=APP))),
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
    State("apps", "Connected apps", "account/apps.html", _apps),
    State("apps-look", "Connected apps, with logos", "account/apps.html", lambda: with_look(WIDE, _apps(APP))),
    State("apps-none", "No connected app", "account/apps.html", lambda: {"apps": []}),
    State("app", "One connected app", "account/app_detail.html",
          lambda: {"app": app("Demo Shop", is_offline=True), "lines": SCOPES}),
    State("error-request", "An app's wrong request", "errors/request.html", lambda: _refused(client_name=None), 400),
    State("error-mismatch", "An app's wrong address, in development", "errors/request.html",
          lambda: _refused(mismatch=_mismatch()), 400),
    State("reference", "Errors of the protocol", "docs/errors.html", _rows),
)  # fmt: skip
