"""MAILS: every mail with invented circumstances."""

from datetime import timedelta
from typing import Any

from idp.gallery.fakes import ALICE, NOON
from idp.mail import service
from idp.mail.development import ShownMail, links_of

_TOKEN = "x" * 43
_WHERE = {"when": NOON, "browser": "Firefox on Linux", "network": "203.0.113.9"}
_NOT_ME = {"not_me_link": f"https://id.example.com/revoke/{_TOKEN}"}


def _link(path: str, lifetime: timedelta = timedelta(hours=24)) -> dict[str, Any]:
    return {"link": f"https://id.example.com/{path}/{_TOKEN}", "lifetime": lifetime}


MAILS: dict[str, dict[str, Any]] = {
    "verify_email": {**_link("verify"), **_WHERE, "code": "204618"},
    "already_registered": {
        "sign_in_link": "https://id.example.com/login", "reset_link": "https://id.example.com/forgot", **_WHERE,
    },
    "reset_password": {**_link("reset", timedelta(minutes=30)), **_WHERE},
    "reset_link_made": {"lifetime": timedelta(minutes=15), **_WHERE, **_NOT_ME},
    "password_changed": {**_WHERE, **_NOT_ME},
    "sign_in_blocked": {**_link("unlock"), **_WHERE, **_NOT_ME},
    "new_sign_in": {**_WHERE, **_NOT_ME},
    "second_step_failed": {**_WHERE, **_NOT_ME},
    "second_step_added": {**_WHERE, **_NOT_ME},
    "second_step_removed": {**_WHERE, **_NOT_ME},
    "recovery_codes_made": {**_WHERE, **_NOT_ME},
    "recovery_code_used": {**_WHERE, **_NOT_ME, "left": 7},
    "passkey_added": {**_WHERE, **_NOT_ME, "passkey": "iCloud Keychain"},
    "passkey_removed": {**_WHERE, **_NOT_ME, "passkey": "iCloud Keychain"},
    "account_turned_off": _WHERE,
    "invitation": {**_link("invite", timedelta(days=7)), **_WHERE},
    "app_allowed": {"client_name": "Demo Shop", "link": "https://id.example.com/account/apps", **_WHERE, **_NOT_ME},
    "sign_in": {**_link("login/email", timedelta(minutes=10)), **_WHERE, "code": "204618"},
    "confirm_new_email": {**_link("new-email"), **_WHERE},
    "email_change_asked": {**_WHERE, **_NOT_ME},
    "email_changed": {**_link("undo-email"), **_WHERE},
    "email_changed_by_admin": {"link": f"https://id.example.com/revoke/{_TOKEN}", **_WHERE},
    "session_revoked": {"link": "https://id.example.com/account/activity", **_WHERE},
    "deletion_started": {**_link("undelete", timedelta(days=14)), **_WHERE},
    "deletion_started_by_admin": {"lifetime": timedelta(days=7), **_WHERE},
    "deletion_undone": {"link": "https://id.example.com/login", **_WHERE},
    "deletion_done": _WHERE,
    "webhook_turned_off": {"name": "crm", "link": "https://id.example.com/admin/webhooks/crm", **_WHERE},
    "key_rotation_due": {"kid": "7QxR4m0a", "lifetime": timedelta(days=7), **_WHERE},
    "test": {"when": NOON},
}  # fmt: skip
"""Template by template, the values it is given besides those of every mail."""


def show_mail(name: str) -> ShownMail:
    """Render a mail as the development outbox shows it."""
    mail = service.render_mail(name, to=ALICE.email, **MAILS[name])
    return ShownMail(name, mail.to, mail.subject, mail.text, mail.html, links_of(mail.text), NOON)
