"""A person's own events in plain sentences: KINDS to filter by, SENTENCES by tag; the audit trail is behind them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.clients.service import find_client
from idp.core.db import db
from idp.core.devices import describe_browser
from idp.portal.mail_titles import title_of

PAGE = 25
KINDS = {
    "sign_in": _l("Signing in and out"),
    "security": _l("Security"),
    "apps": _l("Apps"),
    "account": _l("Account"),
    "mail": _l("Mails to you"),
}


@dataclass(frozen=True)
class Line:
    """One event as its owner reads it."""

    id: int
    kind: str
    says: str
    at: datetime
    browser: str | None
    network: str | None
    app: str | None


@dataclass(frozen=True)
class Wanted:
    """Which events to show."""

    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """The first moment that is too late."""
    before_id: int | None = None


def list_lines(user_id: str, wanted: Wanted, limit: int = PAGE) -> list[Line]:
    """List a person's events, newest first."""
    tags = [tag.value for tag, (kind, _says) in SENTENCES.items() if wanted.kind in {"", kind}]
    me = f"user:{user_id}"
    query = (
        select(Event).where(or_(Event.subject == me, Event.actor == me), Event.tag.in_(tags)).order_by(Event.id.desc())
    )
    if wanted.since:
        query = query.where(Event.at >= wanted.since)
    if wanted.until:
        query = query.where(Event.at < wanted.until)
    if wanted.before_id:
        query = query.where(Event.id < wanted.before_id)
    return [_line(event) for event in db.session.execute(query.limit(limit)).scalars()]


def as_dict(line: Line) -> dict[str, Any]:
    """Return an event as plain data, as the export of one's own events gives it."""
    return {
        "at": line.at.isoformat().replace("+00:00", "Z"), "kind": line.kind, "event": line.says,
        "browser": line.browser, "network": line.network, "app": line.app,
    }  # fmt: skip


def _line(event: Event) -> Line:
    kind, says = SENTENCES[Tag(event.tag)]
    client = find_client(event.client_id) if event.client_id else None
    browser = describe_browser(event.user_agent) if event.user_agent else None
    return Line(
        event.id, kind, str(says(event) if callable(says) else says), event.at, browser, event.ip,
        client.name if client else None,
    )  # fmt: skip


def _signed_in(event: Event) -> str:
    amr = set(event.detail.get("amr", ()))
    if amr & {"hwk", "swk"} and "pwd" not in amr:
        return _("Signed in with a passkey")
    first = _("Signed in by e-mail") if "email" in amr else _("Signed in with your password")
    return _("%(first)s and a second step", first=first) if "mfa" in amr else first


def _signed_out(event: Event) -> str:
    reason = event.detail.get("reason", "")
    if reason in {"idle", "expired", "not_remembered"}:
        return _("A session ran out")
    return _("Signed out") if reason in {"signed_out", "replaced"} else _("A session was ended")


def _mailed(event: Event) -> str:
    return _("We e-mailed you: %(subject)s", subject=title_of(event.detail.get("template", "")))


def _role(sentence: Any) -> Callable[[Event], str]:
    return lambda event: str(sentence) % {"role": event.detail.get("role", "")}


SENTENCES: dict[Tag, tuple[str, Any]] = {
    Tag.LOGIN_SUCCEEDED: ("sign_in", _signed_in),
    Tag.LOGIN_FAILED: ("sign_in", _l("A sign-in failed")),
    Tag.LOGIN_STEP_FAILED: ("sign_in", _l("A second step failed")),
    Tag.LOGIN_LOCKED: ("sign_in", _l("Sign-in was paused after too many tries")),
    Tag.LOGIN_UNBLOCKED: ("sign_in", _l("The pause of sign-in was ended by the mailed link")),
    Tag.LOGIN_REAUTHENTICATED: ("sign_in", _l("Confirmed that it’s you")),
    Tag.LOGIN_MAIL_REQUESTED: ("sign_in", _l("A mail to sign in was asked for")),
    Tag.SESSION_ENDED: ("sign_in", _signed_out),
    Tag.SESSIONS_REVOKED: ("sign_in", _l("Signed out everywhere by an administrator")),
    Tag.PASSWORD_CHANGED: ("security", _l("Password changed")),
    Tag.PASSWORD_RESET: ("security", _l("Password reset by a mailed link")),
    Tag.PASSWORD_RESET_REQUESTED: ("security", _l("A new password was asked for")),
    Tag.PASSKEY_ADDED: ("security", _l("Passkey added")),
    Tag.PASSKEY_REMOVED: ("security", _l("Passkey removed")),
    Tag.PASSKEY_RENAMED: ("security", _l("Passkey renamed")),
    Tag.PASSKEY_REFUSED: ("security", _l("A passkey was refused")),
    Tag.SECOND_STEP_ADDED: ("security", _l("Second step turned on")),
    Tag.SECOND_STEP_REMOVED: ("security", _l("Second step removed")),
    Tag.RECOVERY_CODES_MADE: ("security", _l("New recovery codes made")),
    Tag.RECOVERY_CODE_USED: ("security", _l("Recovery code used")),
    Tag.BROWSER_TRUSTED: ("security", _l("Browser trusted")),
    Tag.BROWSER_DISTRUSTED: ("security", _l("Browser not trusted any more")),
    Tag.ACCOUNT_REPORTED: ("security", _l("Account locked by “This wasn’t me”")),
    Tag.ACCOUNT_LOCKED: ("security", _l("Account locked")),
    Tag.ACCOUNT_UNLOCKED: ("security", _l("Account unlocked")),
    Tag.CONSENT_GRANTED: ("apps", _l("App allowed")),
    Tag.CONSENT_DENIED: ("apps", _l("App not allowed")),
    Tag.CONSENT_WITHDRAWN: ("apps", _l("Access of an app removed")),
    Tag.DEVICE_APPROVED: ("apps", _l("Device connected")),
    Tag.DEVICE_DENIED: ("apps", _l("Device not connected")),
    Tag.TOKEN_REUSED: ("apps", _l("A used key of an app was refused; the app signs in again")),
    Tag.ACCOUNT_REGISTERED: ("account", _l("Account created")),
    Tag.ACCOUNT_REGISTERED_AGAIN: ("account", _l("Somebody tried to register with your address")),
    Tag.ACCOUNT_ADDED: ("account", _l("Account added by an administrator")),
    Tag.ACCOUNT_INVITED: ("account", _l("Invitation sent")),
    Tag.ACCOUNT_EDITED: ("account", _l("Profile changed")),
    Tag.ACCOUNT_TERMS_ACCEPTED: ("account", _l("Terms accepted")),
    Tag.ACCOUNT_DISABLED: ("account", _l("Account turned off")),
    Tag.ACCOUNT_ENABLED: ("account", _l("Account turned on")),
    Tag.ACCOUNT_DELETION_STARTED: ("account", _l("Deletion of the account begun")),
    Tag.ACCOUNT_DELETION_UNDONE: ("account", _l("Deletion of the account undone")),
    Tag.EMAIL_VERIFIED: ("account", _l("E-mail address confirmed")),
    Tag.EMAIL_CHANGE_REQUESTED: ("account", _l("Another e-mail address asked for")),
    Tag.EMAIL_CHANGED: ("account", _l("E-mail address changed")),
    Tag.EMAIL_CHANGE_UNDONE: ("account", _l("Change of e-mail address undone")),
    Tag.DATA_EXPORTED: ("account", _l("Your data downloaded")),
    Tag.ROLE_GRANTED: ("account", _role(_l("You were given the role %(role)s"))),
    Tag.ROLE_REVOKED: ("account", _role(_l("The role %(role)s was taken from you"))),
    Tag.MAIL_SENT: ("mail", _mailed),
}
