"""One function per mail. None carries a word that a stranger could choose."""

from datetime import timedelta
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from idp.accounts.email import links
from idp.accounts.email.links import IssuedLink
from idp.accounts.models import User
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import release_connection, transaction
from idp.core.devices import describe_browser
from idp.core.links import absolute_url
from idp.core.settings import settings
from idp.limits.policy import MAIL_TRIAL
from idp.limits.service import take
from idp.mail.dialogue import Dialogue, converse
from idp.mail.service import render_mail, send_mail, send_nothing

NOT_ME_LIFETIME = timedelta(days=7)
UNLOCK_LIFETIME = timedelta(hours=24)
_NO_TOKEN = "x" * 43


def verify_email(user: User, issued: IssuedLink) -> None:
    """Ask the reader of an address to confirm it, by link or by code."""
    link = absolute_url("accounts.verify_link", token=issued.token)
    _send("verify_email", user, issued, lifetime=settings().accounts.verify_lifetime, link=link, code=issued.code)


def already_registered(user: User) -> None:
    """Tell the owner of an address that somebody tried to register with it."""
    sign_in, reset = absolute_url("authn.login"), absolute_url("accounts.forgot")
    _send("already_registered", user, sign_in_link=sign_in, reset_link=reset)


def reset_password(user: User, issued: IssuedLink) -> None:
    """Send the link to a new password."""
    link = absolute_url("accounts.reset_link", token=issued.token)
    _send("reset_password", user, issued, lifetime=settings().accounts.reset_lifetime, link=link)


def reset_link_made(user: User, lifetime: timedelta) -> None:
    """Tell the owner that an administrator made a link to a new password and hands it over."""
    _send("reset_link_made", user, lifetime=lifetime, not_me_link=not_me_link(user))


def pretend(email: str) -> None:
    """Do the work of a mail for an address that gets none."""
    link = absolute_url("accounts.reset_link", token=_NO_TOKEN)
    lifetime = settings().accounts.reset_lifetime
    send_nothing("reset_password", to=email, link=link, lifetime=lifetime, **_circumstances())


def password_changed(user: User) -> None:
    """Tell the owner that the password is another now, and how to undo it."""
    _send("password_changed", user, not_me_link=not_me_link(user))


def sign_in_blocked(user: User, issued: IssuedLink) -> None:
    """Tell the owner that sign-in is paused after too many wrong passwords, and how to end the pause."""
    link = absolute_url("accounts.unlock_link", token=issued.token)
    _send("sign_in_blocked", user, issued, lifetime=UNLOCK_LIFETIME, link=link, not_me_link=not_me_link(user))


def account_turned_off(user: User) -> None:
    """Tell the owner that an administrator turned the account off."""
    _send("account_turned_off", user)


def invitation(user: User, issued: IssuedLink) -> None:
    """Invite a person to choose a password."""
    link = absolute_url("accounts.invite_link", token=issued.token)
    _send("invitation", user, issued, lifetime=settings().accounts.invite_lifetime, link=link)


def confirm_new_email(user: User, email: str, issued: IssuedLink) -> None:
    """Ask the reader of an address to confirm that an account moves to it."""
    link = absolute_url("portal.new_email_link", token=issued.token)
    _send("confirm_new_email", user, issued, to=email, lifetime=settings().accounts.verify_lifetime, link=link)


def email_change_asked(user: User) -> None:
    """Tell the reader of the present address that the account is about to move to another one."""
    _send("email_change_asked", user, not_me_link=not_me_link(user))


def email_changed(user: User, old_email: str, issued: IssuedLink) -> None:
    """Tell the reader of the old address that the account has moved, and how to bring it back."""
    link = absolute_url("portal.undo_email_link", token=issued.token)
    _send("email_changed", user, issued, to=old_email, link=link)


def email_changed_by_admin(user: User) -> None:
    """Tell the reader of the present address that an administrator moves the account, and how to lock it."""
    _send("email_changed_by_admin", user, link=not_me_link(user))


def deletion_started(user: User, issued: IssuedLink) -> None:
    """Tell the owner when the account goes for good, and how to keep it."""
    link = absolute_url("portal.undelete_link", token=issued.token)
    _send("deletion_started", user, issued, lifetime=settings().accounts.deletion_delay, link=link)


def deletion_started_by_admin(user: User, lifetime: timedelta) -> None:
    """Tell the owner that an administrator deleted the account, and when it goes for good."""
    _send("deletion_started_by_admin", user, lifetime=lifetime)


def deletion_undone(user: User) -> None:
    """Tell the owner that an administrator keeps the account after all."""
    _send("deletion_undone", user, link=absolute_url("authn.login"))


def deletion_done(user: User) -> None:
    """Tell the owner that the account is gone."""
    _send("deletion_done", user)


def session_revoked(user: User) -> None:
    """Tell the owner that an administrator signed them out everywhere."""
    _send("session_revoked", user, link=absolute_url("portal.activity"))


def app_allowed(user: User, app_name: str) -> None:
    """Tell the owner that an app may use the account from now on."""
    _send("app_allowed", user, client_name=app_name, link=absolute_url("apps.index"), not_me_link=not_me_link(user))


def key_rotation_due(user: User, kid: str, lead: timedelta) -> None:
    """Tell an owner of the house that a next signing key is published, and when it takes over."""
    _send("key_rotation_due", user, kid=kid, lifetime=lead)


def try_out(user: User) -> None:
    """Send a person a mail that says that mails arrive, because they asked for it."""
    with transaction():
        record(Tag.MAIL_TESTED, subject=f"user:{user.id}")
        send_mail("test", to=user.email, locale=user.locale, zone=user.zoneinfo, **_circumstances())


def try_out_now(user: User) -> Dialogue:
    """Send a person such a mail at once, and return the conversation with the mail server. Raises TooMany.

    It takes some seconds, and stands in no transaction: a database does not wait for a mail server.
    """
    take(MAIL_TRIAL, "house")
    mail = render_mail("test", to=user.email, locale=user.locale, zone=user.zoneinfo, **_circumstances())
    subject = f"user:{user.id}"
    release_connection()
    dialogue = converse(mail)
    record(Tag.MAIL_TESTED, subject=subject, at_once=True, outcome=dialogue.finding.name)
    return dialogue


def webhook_turned_off(user: User, name: str) -> None:
    """Tell an owner of the house that a webhook was turned off because its address refuses."""
    _send("webhook_turned_off", user, name=name, link=absolute_url("admin.webhook", name=name))


def not_me_link(user: User) -> str:
    """Make the address of a «This wasn't me» page, for any mail about the safety of an account."""
    issued = links.issue_link(user, links.NOT_ME, NOT_ME_LIFETIME)
    return absolute_url("accounts.revoke_link", token=issued.token)


def _send(template: str, user: User, issued: IssuedLink | None = None, *, to: str | None = None, **values: Any) -> None:
    expires_at = issued.expires_at if issued else None
    values |= _circumstances()
    send(template, user, to=to, expires_at=expires_at, **values)


def send(template: str, user: User, *, to: str | None = None, **values: Any) -> None:
    """Send a person a mail in their language and zone, and write down that it was sent."""
    record(Tag.MAIL_SENT, actor="system", subject=f"user:{user.id}", template=template)
    send_mail(template, to=to or user.email, locale=user.locale, zone=user.zoneinfo, **values)


def _circumstances() -> dict[str, Any]:
    edge = context()
    by_command = edge.actor.startswith("cli:")
    # Lazy: the words are chosen in the reader's language, which need not be the page's.
    browser = _l("the command line") if by_command else LazyString(describe_browser, edge.user_agent)
    return {"when": now(), "browser": browser, "network": None if by_command else edge.ip}
