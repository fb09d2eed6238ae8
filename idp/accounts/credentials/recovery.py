"""How a person gets back in, changes the password, or says that it was not them."""

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from idp.accounts import signals
from idp.accounts.credentials.passwords import check_password, hash_password
from idp.accounts.credentials.strength import check_new_password
from idp.accounts.email import links, mails
from idp.accounts.email.addresses import normalise_email
from idp.accounts.email.links import NOT_ME, RESET, SHOWN, UNLOCK, VERIFY, IssuedLink
from idp.accounts.email.mail_limits import may_mail
from idp.accounts.errors import DeadLink, EditedMeanwhile, MayNotReset, UnfitPassword, WrongPassword
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.accounts.service import find_by_email, find_by_identifier, get_user, get_user_for_change
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import transaction
from idp.core.errors import TooMany
from idp.core.links import absolute_url
from idp.core.settings import settings
from idp.limits.policy import BLOCKED_MAIL, REAUTHENTICATE
from idp.limits.service import clear, take

SHOWN_FOR = timedelta(minutes=15)
"""How long a link that an administrator hands over works."""


def request_reset(email: str) -> None:
    """Mail a link to a new password, if an account uses the address; the caller cannot tell.

    Raises UnfitAddress, and TooMany when this network asks too much.
    """
    _shown, normalised = normalise_email(email)
    allowed = may_mail(RESET, normalised)
    user = find_by_email(normalised)
    with transaction():
        if user is not None and allowed and _may_reset(user):
            send_reset(user)
        else:
            links.pretend_to_issue(RESET)
            mails.pretend(normalised)
            record(Tag.PASSWORD_RESET_REQUESTED, sent=False)


def send_reset(user: User, *, actor: str | None = None) -> None:
    """Mail a person the link to a new password; links of earlier mails stop working.

    Raises MayNotReset while the account is turned off, or locked by an administrator: the link would open nothing.
    """
    if not _may_reset(user):
        raise MayNotReset
    with transaction():
        mails.reset_password(user, links.issue_link(user, RESET, settings().accounts.reset_lifetime))
        record(Tag.PASSWORD_RESET_REQUESTED, actor=actor, subject=f"user:{user.id}", sent=True)


def show_reset(user: User, *, actor: str | None = None) -> IssuedLink:
    """Make a link to a new password for an administrator to hand over, who sees it once; the person is told by mail.

    Earlier links stop working. Raises MayNotReset while the account is turned off, or locked by an administrator.
    """
    if not _may_reset(user):
        raise MayNotReset
    with transaction():
        links.void_links(user.id, RESET)
        issued = links.issue_link(user, SHOWN, SHOWN_FOR)
        mails.reset_link_made(user, SHOWN_FOR)
        record(Tag.PASSWORD_RESET_REQUESTED, actor=actor, subject=f"user:{user.id}", sent=False, shown=True)
    return issued


def address_of(issued: IssuedLink) -> str:
    """Return the address of a link to a new password."""
    return absolute_url("accounts.reset_link", token=issued.token)


def find_reset(token: str) -> User:
    """Return whose password a link may set; raise DeadLink."""
    return _find_reset(token)[1]


def reset_password(token: str, new_password: str) -> User:
    """Set a new password by a mailed link, or one an administrator handed over; every session and refresh token ends.

    Raises DeadLink, UnfitPassword, TooBusy. Who may read the mail owns the address, so it counts as confirmed.
    """
    purpose, user = _find_reset(token)
    _check_new(user, new_password)
    password_hash = hash_password(new_password)
    with transaction():
        user = links.consume_link(token, purpose)
        if not _may_reset(user):
            raise DeadLink
        if purpose == RESET:
            user.email_verified_at = user.email_verified_at or now()
        user.state = "active"
        user.locked_at = user.lock_reason = None
        states.forgive_failures(user)
        _set_password(user, password_hash)
        record(Tag.PASSWORD_RESET, actor=f"user:{user.id}", subject=f"user:{user.id}")
    return user


def change_password(user_id: str, *, current: str, new: str, end_others: bool = True) -> None:
    """Change a password; the current one is the proof of who asks, and guesses at it are counted.

    Sessions other than the present one, and refresh tokens, end unless `end_others` is off. Raises TooMany,
    WrongPassword, UnfitPassword, EditedMeanwhile, TooBusy.
    """
    take(REAUTHENTICATE, user_id)
    user = get_user(user_id)
    if not check_password(user, current):
        raise WrongPassword
    clear(REAUTHENTICATE, user_id)
    if new == current:
        raise UnfitPassword(_("Choose a password that you do not use now."))
    _replace_own(user, new, end_sessions=end_others, keep_session_id=context().session_id)


def renew_password(user_id: str, new: str) -> User:
    """Set the new password that a person must choose before they go on; every session and refresh token ends.

    Raises UnfitPassword, EditedMeanwhile, TooBusy. Whoever calls it knows who asks.
    """
    user = get_user(user_id)
    if check_password(user, new):
        raise UnfitPassword(_("Choose a password that you do not use now."))
    return _replace_own(user, new)


def choose_password(user_id: str, new: str, *, keep_session_id: str | None = None) -> None:
    """Give an account that has none a password; raise EditedMeanwhile when it has one, UnfitPassword, TooBusy."""
    user = get_user(user_id)
    if user.has_password:
        raise EditedMeanwhile
    _replace_own(user, new, keep_session_id=keep_session_id)


def require_new_password(user_id: str) -> None:
    """Let a person's next sign-in lead through a new password."""
    with transaction():
        get_user_for_change(user_id).must_change_password = True


def set_password(user_id: str, new: str, *, actor: str | None = None, must_change: bool = False) -> None:
    """Set a person's password for them, as an administrator does; every session and refresh token ends.

    With `must_change` their next sign-in leads through a password of their own.
    """
    user = get_user(user_id)
    _check_new(user, new)
    password_hash = hash_password(new)
    with transaction():
        user = get_user_for_change(user_id)
        if user.state == "invited":
            user.state = "active"
        _set_password(user, password_hash)
        user.must_change_password = must_change
        record(Tag.PASSWORD_CHANGED, actor=actor, subject=f"user:{user.id}")


def report_not_me(token: str) -> User:
    """Take a «This wasn't me»: sessions end and nobody signs in until the password is reset. Raises DeadLink."""
    with transaction():
        user = links.consume_link(token, NOT_ME)
        report(user.id)
    return user


def report(user_id: str) -> None:
    """Lock an account whose owner, signed in, says that somebody else was in it; the password must be reset."""
    with transaction():
        states.lock(user_id, reason=states.BY_OWNER, actor=f"user:{user_id}")
        record(Tag.ACCOUNT_REPORTED, actor=f"user:{user_id}", subject=f"user:{user_id}")


def tell_blocked(identifier: str) -> None:
    """Tell the owner, if there is one, that sign-in with this identifier is paused; at most once in a while."""
    user = find_by_identifier(identifier)
    if user is None or not user.is_active or not user.email_verified:
        return
    try:
        take(BLOCKED_MAIL, user.id)
    except TooMany:
        return
    with transaction():
        mails.sign_in_blocked(user, links.issue_link(user, UNLOCK, mails.UNLOCK_LIFETIME))


def unblock(token: str) -> User:
    """End the pause after too many wrong passwords, by the link that was mailed; raise DeadLink."""
    with transaction():
        user = links.consume_link(token, UNLOCK)
        states.forgive_failures(user)
        record(Tag.LOGIN_UNBLOCKED, actor=f"user:{user.id}", subject=f"user:{user.id}")
    return user


def _find_reset(token: str) -> tuple[str, User]:
    link, user = links.find_link(token, RESET, SHOWN)
    if not _may_reset(user):
        raise DeadLink
    return link.purpose, user


def _may_reset(user: User) -> bool:
    """Tell whether the owner of the address may set a password; an administrator's lock or switch forbids it."""
    return user.state not in {"disabled", "deleting"} and (
        user.locked_at is None or user.lock_reason == states.BY_OWNER
    )


def _check_new(user: User, password: str) -> None:
    check_new_password(password, about=_known_of(user), has_second_step=user.has_second_step)


def _replace_own(user: User, new: str, **ends: Any) -> User:
    _check_new(user, new)
    user_id, before, password_hash = user.id, user.password_hash, hash_password(new)
    with transaction():
        user = get_user_for_change(user_id)
        if user.password_hash != before:
            raise EditedMeanwhile
        _set_password(user, password_hash, **ends)
        record(Tag.PASSWORD_CHANGED, actor=f"user:{user.id}", subject=f"user:{user.id}")
    return user


def _known_of(user: User) -> list[str]:
    return [user.email, user.name, *filter(None, [user.username, user.given_name, user.family_name])]


def _set_password(
    user: User, password_hash: str, *, end_sessions: bool = True, keep_session_id: str | None = None
) -> None:
    user.password_hash, user.password_changed_at = password_hash, now()
    user.must_change_password = False
    user.version += 1
    links.void_links(user.id, RESET, VERIFY, UNLOCK)
    if end_sessions:
        signals.credentials_changed.send(user, user_id=user.id, keep_session_id=keep_session_id)
    mails.password_changed(user)
