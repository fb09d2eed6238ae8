"""The end of an account at its owner's wish: at once for everybody else, undone for a while, then for good."""

from datetime import datetime

from sqlalchemy import select

from idp.access import service as access
from idp.access.errors import LastOwner
from idp.accounts import links, mails, signals, states
from idp.accounts.errors import DeadLink, EditedMeanwhile
from idp.accounts.links import UNDELETE
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
        access.lock_owners()
        if is_blocked(user_id):
            raise LastOwner
        due_at = now() + settings().accounts.deletion_delay
        user.state, user.deletion_due_at = "deleting", due_at
        user.version += 1
        links.void_links(user.id, *links.ALL_BUT_NOT_ME)
        signals.user_disabled.send(user, user_id=user.id)
        record(Tag.ACCOUNT_DELETION_STARTED, actor=f"user:{user.id}", subject=f"user:{user.id}")
        mails.deletion_started(user, links.issue_link(user, UNDELETE, settings().accounts.deletion_delay))
    return due_at


def undo(token: str) -> User:
    """Open an account again by the link that was mailed, while there is time; raise DeadLink."""
    with transaction():
        user = links.consume_link(token, UNDELETE)
        if user.state != "deleting":
            raise DeadLink
        user.state, user.deletion_due_at = "active", None
        user.version += 1
        record(Tag.ACCOUNT_DELETION_UNDONE, actor=f"user:{user.id}", subject=f"user:{user.id}")
    return user


def delete_due() -> int:
    """Delete the accounts whose time has come; return how many."""
    query = select(User.id).where(User.state == "deleting", User.deletion_due_at <= now()).limit(_BATCH)
    due = list(db.session.execute(query).scalars())
    return sum(_delete(user_id) for user_id in due)


def _delete(user_id: str) -> bool:
    with transaction():
        user = get_user_for_change(user_id)
        if user.state != "deleting" or user.deletion_due_at is None or user.deletion_due_at > now():
            return False
        # Written before the row goes: the mail needs the address.
        mails.deletion_done(user)
        states.delete(user_id, actor="system")
    return True
