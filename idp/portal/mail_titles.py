"""What each mail to a person is called, in the words of its subject."""

from typing import Any

from flask_babel import lazy_gettext as _l

TITLES: dict[str, Any] = {
    "verify_email": _l("Confirm your e-mail address"),
    "already_registered": _l("You already have an account"),
    "reset_password": _l("Choose a new password"),
    "reset_link_made": _l("A link to a new password was made for you"),
    "password_changed": _l("Your password was changed"),
    "sign_in": _l("Sign in"),
    "sign_in_blocked": _l("Sign-in to your account is paused"),
    "new_sign_in": _l("New sign-in to your account"),
    "second_step_failed": _l("Somebody may know your password"),
    "second_step_added": _l("Second step turned on"),
    "second_step_removed": _l("A second step was removed"),
    "recovery_codes_made": _l("New recovery codes"),
    "recovery_code_used": _l("A recovery code was used"),
    "passkey_added": _l("A passkey was added"),
    "passkey_removed": _l("A passkey was removed"),
    "account_turned_off": _l("Your account was turned off"),
    "invitation": _l("An invitation"),
    "app_allowed": _l("An app may use your account"),
    "confirm_new_email": _l("Confirm your new e-mail address"),
    "email_change_asked": _l("Your e-mail address is about to change"),
    "email_changed": _l("Your e-mail address was changed"),
    "email_changed_by_admin": _l("An administrator changed your e-mail address"),
    "session_revoked": _l("You were signed out everywhere"),
    "deletion_started": _l("Your account will be deleted"),
    "deletion_started_by_admin": _l("Your account was deleted by an administrator"),
    "deletion_undone": _l("Your account stays"),
    "webhook_turned_off": _l("A webhook was turned off"),
    "key_rotation_due": _l("A new signing key takes over soon"),
    "deletion_done": _l("Your account was deleted"),
}


def title_of(template: str) -> str:
    """Return what a mail is called."""
    return str(TITLES.get(template, template))
