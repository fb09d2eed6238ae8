"""Another e-mail address: asked for, confirmed where it is read, and undone where the old one is read."""

from sqlalchemy import insert, select, update

from idp.accounts.email import links, mails
from idp.accounts.email.addresses import normalise_email
from idp.accounts.email.links import NEW_EMAIL, UNDO_EMAIL
from idp.accounts.email.mail_limits import check_mail_pause
from idp.accounts.errors import DeadLink, SameAddress
from idp.accounts.lifecycle import states
from idp.accounts.models import EmailChange, User
from idp.accounts.service import (
    RESERVED_FOR,
    check_free,
    find_by_email,
    flush_unique,
    forget_pending_change,
    get_user,
    get_user_for_change,
)
from idp.accounts.signals import credentials_changed
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.secrets import new_id
from idp.core.settings import settings


def find_pending(user_id: str) -> str | None:
    """Return the address a person has asked for and not confirmed yet, or None."""
    query = select(EmailChange.new_email).where(
        EmailChange.user_id == user_id,
        EmailChange.done_at.is_(None),
        EmailChange.created_at > now() - settings().accounts.verify_lifetime,
    )
    return db.session.execute(query).scalar()


def ask(user_id: str, email: str) -> str:
    """Mail a link to the new address, and word of it to the old one; return the new address.

    An address that somebody else uses gets the answer of one that is free; its owner is told. Whoever calls it has
    made sure that it is the person who asks (ASVS 7.5.1). Raises UnfitAddress, SameAddress, TooMany.
    """
    shown, normalised = normalise_email(email)
    if normalised == get_user(user_id).email_normalised:
        raise SameAddress
    check_mail_pause(NEW_EMAIL, normalised)
    with transaction() as session:
        user = get_user_for_change(user_id)
        forget_pending_change(user_id)
        session.execute(
            insert(EmailChange).values(
                id=new_id(), user_id=user_id, old_email=user.email, old_normalised=user.email_normalised,
                new_email=shown, new_normalised=normalised, created_at=now(),
            )
        )  # fmt: skip
        record(Tag.EMAIL_CHANGE_REQUESTED, actor=f"user:{user_id}", subject=f"user:{user_id}")
        owner = find_by_email(normalised)
        if owner is None:
            issued = links.issue_link(user, NEW_EMAIL, settings().accounts.verify_lifetime, email=normalised)
            mails.confirm_new_email(user, shown, issued)
        else:
            links.pretend_to_issue(NEW_EMAIL)
            mails.already_registered(owner)
        mails.email_change_asked(user)
    return shown


def cancel(user_id: str) -> None:
    """Forget the change that waits."""
    with transaction():
        links.void_links(user_id, NEW_EMAIL)
        forget_pending_change(user_id)


def find(token: str) -> tuple[User, str]:
    """Return whose address a mailed link would change, and to which; raise DeadLink."""
    link, user = links.find_link(token, NEW_EMAIL)
    return user, _get_pending(user.id, link.email).new_email


def confirm(token: str) -> User:
    """Change the address by the link that was mailed to the new one; every session and refresh token ends.

    Raises DeadLink, AddressTaken. The old address gets a link that undoes it.
    """
    with transaction():
        link, _user = links.find_link(token, NEW_EMAIL)
        user = links.consume_link(token, NEW_EMAIL)
        if not user.is_active:
            raise DeadLink
        change = _get_pending(user.id, link.email)
        check_free(change.new_normalised, None)
        change.done_at = now()
        user.email, user.email_normalised, user.email_verified_at = change.new_email, change.new_normalised, now()
        user.version += 1
        links.void_links(user.id, links.VERIFY, links.RESET, links.UNLOCK, links.SIGN_IN)
        flush_unique()
        credentials_changed.send(user, user_id=user.id, keep_session_id=None)
        record(Tag.EMAIL_CHANGED, actor=f"user:{user.id}", subject=f"user:{user.id}")
        undo = links.issue_link(user, UNDO_EMAIL, RESERVED_FOR, email=change.old_normalised)
        mails.email_changed(user, change.old_email, undo)
    return user


def find_undo(token: str) -> str:
    """Return the address that a mailed link would bring back; raise DeadLink."""
    link, user = links.find_link(token, UNDO_EMAIL)
    return _get_done(user.id, link.email).old_email


def undo(token: str) -> User:
    """Bring the old address back; everything of the account stops until its password is reset. Raises DeadLink."""
    with transaction():
        link, _user = links.find_link(token, UNDO_EMAIL)
        user = links.consume_link(token, UNDO_EMAIL)
        change = _get_done(user.id, link.email)
        user.email, user.email_normalised, user.email_verified_at = change.old_email, change.old_normalised, now()
        links.void_links(user.id, *links.ALL_BUT_NOT_ME)
        change.undone_at = now()
        _cancel_later(change)
        flush_unique()
        states.lock(user.id, reason=states.BY_OWNER, actor=f"user:{user.id}")
        record(Tag.EMAIL_CHANGE_UNDONE, actor=f"user:{user.id}", subject=f"user:{user.id}")
    return user


def _cancel_later(change: EmailChange) -> None:
    """Close changes that came after the one that is undone: they were made by whoever made that one."""
    statement = (
        update(EmailChange)
        .where(EmailChange.user_id == change.user_id, EmailChange.created_at > change.created_at)
        .values(undone_at=now(), done_at=now())
    )
    db.session.execute(statement.execution_options(synchronize_session=False))


def _get_pending(user_id: str, email: str) -> EmailChange:
    query = select(EmailChange).where(
        EmailChange.user_id == user_id, EmailChange.new_normalised == email, EmailChange.done_at.is_(None)
    )
    found = db.session.execute(query).scalar()
    if found is None:
        raise DeadLink
    return found


def _get_done(user_id: str, old_email: str) -> EmailChange:
    query = (
        select(EmailChange)
        .where(
            EmailChange.user_id == user_id, EmailChange.old_normalised == old_email,
            EmailChange.done_at.is_not(None), EmailChange.undone_at.is_(None),
        )
        .order_by(EmailChange.done_at.desc())
    )  # fmt: skip
    found = db.session.execute(query).scalars().first()
    if found is None:
        raise DeadLink
    return found
