"""The ways in which somebody who is signed in proves once more who they are, beside the password."""

from typing import Any

from flask import url_for

from idp.authn.passkeys import second as passkey
from idp.authn.passkeys.http import sign_in as passkeys
from idp.authn.request import Visit
from idp.core.settings import settings
from idp.sessions import http as sessions


def ways(visit: Visit) -> dict[str, Any]:
    """Return a passkey's question for who has one, and the address of a mail for who has no password."""
    person = sessions.get_person()
    by_mail = settings().accounts.email_sign_in and not person.has_password
    return {
        "passkey_options": passkeys.options() if passkey.is_enrolled(person.id) else None,
        "email_url": url_for("email.start", flow=visit.flow, next=visit.next) if by_mail else None,
    }
