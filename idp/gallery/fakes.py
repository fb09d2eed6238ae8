"""Invented people, apps and forms."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask_login import UserMixin
from wtforms import Form

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONG_NAME = "Wilhelmina-Anastasia von und zu Hohenlohe-Waldenburg-Schillingsfürst"
LONG_ADDRESS = "wilhelmina.anastasia.hohenlohe-waldenburg@department-of-long-names.example.com"
FLOW = "01J0000000000000000000000F"
REQUEST = "8f14e45fceea467ab1c2d3e4f5a6b7c8"
UNKNOWN_PASSKEY = '{"rpId": "localhost", "credentialId": "AAAA"}'
KNOWN_PASSKEYS = '{"rpId": "localhost", "userId": "AAAA", "allAcceptedCredentialIds": []}'
OPTIONS = '{"challenge": "AAAA", "rpId": "localhost", "allowCredentials": [], "userVerification": "required"}'
NOT_YOURS = "That is not your password. Check it, then try again."


@dataclass
class Person(UserMixin):
    """Somebody who is signed in."""

    id: str = "01J0000000000000000000000A"
    name: str = "Alice Baker"
    email: str = "alice@example.com"
    email_verified: bool = True
    password_changed_at: datetime | None = NOON - timedelta(days=40)
    has_second_step: bool = False
    has_password: bool = True


ALICE = Person()
LONG = Person(name=LONG_NAME, email=LONG_ADDRESS, email_verified=False, password_changed_at=None)


def filled(form: Callable[..., Form], errors: dict[str, str] | None = None, general: str = "", **values: Any) -> Form:
    """Return a form with values typed, and with what is wrong in it."""
    made = form(**values)
    for name, words in (errors or {}).items():
        made[name].errors = [words]
    if general:
        made.form_errors.append(general)
    return made


def item(name: str, title: str, icon: str, value: str = "", *, is_new: bool = True) -> SimpleNamespace:
    """Return a line of the consent page."""
    return SimpleNamespace(name=name, title=title, icon=icon, value=value, is_new=is_new)


def session(browser: str, **changes: Any) -> SimpleNamespace:
    """Return a row of the page of sessions."""
    values = {
        "id": "01J0000000000000000000000S", "is_current": False, "browser": browser, "ip": "203.0.113.9",
        "started_at": NOON - timedelta(days=3), "last_seen_at": NOON - timedelta(hours=5),
        "expires_at": NOON + timedelta(days=27), "remembered": True,
    }  # fmt: skip
    return SimpleNamespace(**{**values, **changes})


def app(name: str, *, logo: str | None = None, **changes: Any) -> SimpleNamespace:
    """Return a row of the page of connected apps."""
    values = {
        "client": SimpleNamespace(id="demo-web", name=name, logo=logo), "allowed_at": NOON - timedelta(days=12),
        "is_offline": False, "used_at": NOON - timedelta(minutes=9),
    }  # fmt: skip
    return SimpleNamespace(**{**values, **changes})
