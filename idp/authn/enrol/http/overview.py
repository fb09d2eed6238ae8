"""What the page of one's own security shows."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from idp.authn import policy, recovery_codes, totp, trusted
from idp.authn.passkeys.stored import list_passkeys
from idp.core.http import render
from idp.sessions import http as sessions


@dataclass(frozen=True)
class Security:
    """What a person signs in with."""

    has_password: bool
    password_changed_at: datetime | None
    second_step_since: datetime | None
    is_required: bool
    """Whether the house asks this person for a second step."""
    app_name: str | None
    app_added_at: datetime | None
    app_used_at: datetime | None
    codes_left: int
    trusted_browsers: int
    passkeys: int


def show() -> Response:
    """Show what a person signs in with."""
    person = sessions.get_person()
    app = totp.find_authenticator(person.id)
    found = Security(
        has_password=person.password_hash is not None,
        password_changed_at=person.password_changed_at,
        second_step_since=person.second_step_since,
        is_required=policy.requires_second_step(person),
        app_name=app.name if app else None,
        app_added_at=app.created_at if app else None,
        app_used_at=app.last_used_at if app else None,
        codes_left=recovery_codes.count_left(person.id),
        trusted_browsers=trusted.count(person.id),
        passkeys=len(list_passkeys(person.id)),
    )
    return render("account/security.html", security=found)
