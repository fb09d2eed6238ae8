"""The end of an account: closed at once, undone for a while by who began it, then gone for good."""

from datetime import datetime, timedelta

from sqlalchemy import select

from idp.access import service as access
from idp.access.errors import LastOwner
from idp.accounts import signals
from idp.accounts.email import links, mails
from idp.accounts.email.links import UNDELETE
from idp.accounts.errors import AlreadyDeleting, DeadLink, EditedMeanwhile
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.accounts.service import get_user_for_change
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.settings import settings

_BATCH = 100


def is_blocked(user_id: str) -> bool:
    """Tell whether a person is the last owner of the house, who cannot go before there is another."""
    return access.is_last_owner(user_id)


def begin(user_id: str) -> datetime:
    """Close an account now, and delete it when the time to undo it is over; return when that is.

    Everything of its owner's stops at once. Raises LastOwner.
    """
    with transaction():
        user = get_user_for_change(user_id)
        if not user.is_active:
            raise EditedMeanwhile
        due_at = _close(user, settings().accounts.deletion_delay)
        record(Tag.ACCOUNT_DELETION_STARTED, actor=f"user:{user.id}", subject=f"user:{user.id}")
        mails.deletion_started(user, links.issue_link(user, UNDELETE, settings().accounts.deletion_delay))
    return due_at


def undo(token: str) -> User:
    """Open an account again by the link that was mailed, while there is time; raise DeadLink."""
    with transaction():
        user = links.consume_link(token, UNDELETE)
        if user.state != "deleting":
            raise DeadLink
        user.state, user.deletion_due_at = states.state_when_kept(user), None
        user.version += 1
        record(Tag.ACCOUNT_DELETION_UNDONE, actor=f"user:{user.id}", subject=f"user:{user.id}")
    return user


def begin_by_admin(user_id: str, *, actor: str | None = None) -> datetime:
    """Close somebody's account now, and delete it when the time to keep it is over; return when that is.

    Everything of its owner's stops at once. They are told, and get no link that undoes it: it is not their decision,
    and who reads their mails could be whom the house is parting with. What its owner began becomes the house's: their
    link to undo it stops working. Raises LastOwner, AlreadyDeleting for what an administrator began.
    """
    with transaction():
        user = get_user_for_change(user_id)
        if user.state == "deleting" and not links.has_link(user.id, UNDELETE):
            raise AlreadyDeleting
        delay = settings().accounts.admin_deletion_delay
        due_at = _close(user, delay)
        record(Tag.ACCOUNT_DELETION_STARTED, actor=actor, subject=f"user:{user.id}", by="admin")
        mails.deletion_started_by_admin(user, delay)
    return due_at


def keep(user_id: str, *, actor: str | None = None) -> None:
    """Open an account again on an administrator's word, whoever began its end; what was ended does not come back."""
    with transaction():
        user = get_user_for_change(user_id)
        if user.state != "deleting":
            return
        user.state, user.deletion_due_at = states.state_when_kept(user), None
        user.version += 1
        links.void_links(user.id, UNDELETE)
        record(Tag.ACCOUNT_DELETION_UNDONE, actor=actor, subject=f"user:{user.id}", by="admin")
        if user.state == "active":
            mails.deletion_undone(user)


def delete_at_once(user_id: str, *, actor: str | None = None) -> None:
    """Delete an account for good without waiting, and tell its owner; for who asks to be erased. Raises LastOwner."""
    with transaction():
        # Written before the row goes: the mail needs the address.
        mails.deletion_done(get_user_for_change(user_id))
        states.delete(user_id, actor=actor)


def delete_due() -> int:
    """Delete the accounts whose time has come; return how many."""
    query = select(User.id).where(User.state == "deleting", User.deletion_due_at <= now()).limit(_BATCH)
    due = list(db.session.execute(query).scalars())
    return sum(_delete(user_id) for user_id in due)


def _close(user: User, delay: timedelta) -> datetime:
    """Close an account in the present transaction; raise LastOwner."""
    access.lock_owners()
    if is_blocked(user.id):
        raise LastOwner
    user.state, user.deletion_due_at = "deleting", now() + delay
    user.version += 1
    links.void_links(user.id, *links.ALL_BUT_NOT_ME)
    signals.user_disabled.send(user, user_id=user.id)
    return user.deletion_due_at


def _delete(user_id: str) -> bool:
    with transaction():
        user = get_user_for_change(user_id)
        if user.state != "deleting" or user.deletion_due_at is None or user.deletion_due_at > now():
            return False
        # Written before the row goes: the mail needs the address.
        mails.deletion_done(user)
        states.delete(user_id, actor="system")
    return True
