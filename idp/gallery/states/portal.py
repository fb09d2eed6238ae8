"""Pages of one's own account."""

from datetime import timedelta
from typing import Any

from idp.accounts import forms
from idp.gallery.fakes import ALICE, LONG, NOON, NOT_YOURS, filled, session
from idp.gallery.state import State


def _sessions() -> dict[str, Any]:
    here = session("Firefox on Linux", is_current=True, last_seen_at=NOON, started_at=NOON - timedelta(hours=1))
    away = session("Safari on iOS", remembered=False, ip="2001:db8:85a3:8d3:1319:8a2e:370:7348")
    return {"sessions": [here, away, session("an unknown browser")]}


STATES = (
    State("account", "Overview", "account/index.html", lambda: {"user": ALICE}),
    State("account-long", "Overview, long names", "account/index.html", lambda: {"user": LONG}),
    State("password", "Change the password", "account/password.html",
          lambda: {"form": forms.ChangePasswordForm(), "user": ALICE}),
    State("password-wrong", "Change the password, wrong", "account/password.html",
          lambda: {"form": filled(forms.ChangePasswordForm, {"password": NOT_YOURS}), "user": ALICE}, 422),
    State("sessions", "Sessions", "account/sessions.html", _sessions, flash=("success", "That device is signed out.")),
)  # fmt: skip
