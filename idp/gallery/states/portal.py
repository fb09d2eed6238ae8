"""Pages of one's own account."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from idp.accounts import forms
from idp.gallery.fakes import ALICE, LONG, LONG_NAME, NOON, NOT_YOURS, Person, filled, session
from idp.gallery.state import State
from idp.portal.activity import KINDS, Line
from idp.portal.checks import Check
from idp.portal.forms import (
    PROFILE_FIELDS,
    ActivityForm,
    DeletionForm,
    EmailForm,
    PictureForm,
    PreferencesForm,
    choices,
    editable_fields,
    profile_form,
)


def _sessions() -> dict[str, Any]:
    here = session("Firefox on Linux", is_current=True, last_seen_at=NOON, started_at=NOON - timedelta(hours=1))
    away = session("Safari on iOS", remembered=False, ip="2001:db8:85a3:8d3:1319:8a2e:370:7348")
    apps = {here.id: ["Demo Shop", LONG_NAME]}
    return {"sessions": [here, away, session("an unknown browser")], "apps": apps}


def _profile(errors: dict[str, str] | None = None, general: str = "") -> dict[str, Any]:
    form = filled(profile_form, errors, general, name=ALICE.name, username="alice", given_name="Alice", version=3)
    extra = [(form[name], PROFILE_FIELDS[name][1], name) for name in editable_fields()]
    return {"form": form, "extra": extra, "picture": PictureForm(), "picture_url": None, "user": ALICE}


def _filter() -> ActivityForm:
    form = ActivityForm()
    form.kind.choices = choices(("", "Everything"), *KINDS.items())
    return form


def _activity() -> dict[str, Any]:
    lines = [
        Line(3, "sign_in", "Signed in with a passkey", NOON, "Firefox on Linux", "203.0.113.9", LONG_NAME),
        Line(2, "mail", "We e-mailed you: A passkey was added", NOON - timedelta(days=1), None, None, None),
        Line(1, "apps", "App allowed", NOON - timedelta(days=2), "Safari on iOS", "2001:db8::1", "Demo Shop"),
    ]
    return {"form": _filter(), "lines": lines, "asked": {}, "older_url": "/account/activity?before=1"}


CHECKS = (
    Check(False, "A password alone opens your account.", "enrol.security", "Add a second step"),
    Check(is_done=True, says="You are signed in only where you have been lately."),
    Check(is_done=True, says="Your e-mail address is confirmed."),
)
APPS = (SimpleNamespace(client=SimpleNamespace(name="Demo Shop", client_uri="https://shop.example.com")),)


STATES = (
    State("account", "Overview", "account/index.html", lambda: {"user": ALICE, "checks": CHECKS, "apps": APPS}),
    State("account-long", "Overview, long names", "account/index.html",
          lambda: {"user": LONG, "checks": CHECKS[:1], "apps": []}),
    State("profile", "Profile", "account/profile.html", _profile),
    State("profile-wrong", "Profile, wrong user name", "account/profile.html",
          lambda: _profile({"username": "Use 3 to 32 letters a-z, digits, dots, dashes or underscores."}), 422),
    State("profile-changed", "Profile, changed meanwhile", "account/profile.html", lambda: _profile(
        general="Somebody changed this account meanwhile. Look at it again, then repeat your change."), 409),
    State("email-change", "Change the address", "account/email.html",
          lambda: {"form": EmailForm(), "user": ALICE, "pending": None}),
    State("email-pending", "Change the address, waiting", "account/email.html",
          lambda: {"form": EmailForm(), "user": LONG, "pending": LONG.email}),
    State("new-email", "The link in the new mailbox", "auth/new_email.html",
          lambda: {"account": ALICE, "new_email": LONG.email}),
    State("undo-email", "The link in the old mailbox", "auth/undo_email.html", lambda: {"old_email": ALICE.email}),
    State("preferences", "Preferences", "account/preferences.html", lambda: {"form": PreferencesForm()}),
    State("activity", "Activity", "account/activity.html", _activity),
    State("activity-none", "No activity", "account/activity.html",
          lambda: {"form": _filter(), "lines": [], "asked": {}}),
    State("not-me-own", "Was that not you?", "account/not_me.html", lambda: {"user": ALICE}),
    State("data", "Your data", "account/data.html",
          lambda: {"form": DeletionForm(), "user": ALICE, "is_last_owner": False, "delay": "14 days"}),
    State("data-wrong", "Your data, another address", "account/data.html",
          lambda: {"form": filled(DeletionForm, {"email": "That is not the address of this account."}), "user": LONG,
                   "is_last_owner": False, "delay": "14 days"}, 422),
    State("data-owner", "Your data, the last owner", "account/data.html",
          lambda: {"form": DeletionForm(), "user": ALICE, "is_last_owner": True, "delay": "14 days"}),
    State("undelete", "Keep your account?", "auth/undelete.html", lambda: {"account": ALICE}),
    State("password-first", "Choose a password", "account/password.html",
          lambda: {"form": forms.NewPasswordForm(), "user": Person(has_password=False), "minimum": 15}),
    State("password", "Change the password", "account/password.html",
          lambda: {"form": forms.ChangePasswordForm(), "user": ALICE, "minimum": 15}),
    State("password-wrong", "Change the password, wrong", "account/password.html",
          lambda: {"form": filled(forms.ChangePasswordForm, {"password": NOT_YOURS}), "user": ALICE,
                   "minimum": 8}, 422),
    State("sessions", "Sessions", "account/sessions.html", _sessions, flash=("success", "That device is signed out.")),
)  # fmt: skip
