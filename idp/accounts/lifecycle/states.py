"""An administrator's deeds: turn an account off and on, lock and unlock it, delete it."""

from sqlalchemy import update

from idp.access import service as access
from idp.access.errors import LastOwner
from idp.access.guards.level import check_may_act_as
from idp.accounts import signals
from idp.accounts.email import links, mails
from idp.accounts.errors import AlreadyDeleting
from idp.accounts.models import User
from idp.accounts.service import get_user, get_user_for_change
from idp.audit.erase import erase_person
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import transaction

BY_ADMIN, BY_OWNER = "admin", "reported"


def disable(user_id: str, *, actor: str | None = None) -> bool:
    """Turn an account off; everything of its owner's stops at once. Return False when it is off already.

    Raises LastOwner, and AlreadyDeleting: such an account is closed, and its end is not put off by the way.
    """
    with transaction():
        user = get_user_for_change(user_id)
        if user.state == "deleting":
            raise AlreadyDeleting
        if user.state == "disabled":
            return False
        _check_not_last_owner(user)
        user.state, user.disabled_at = "disabled", now()
        user.version += 1
        links.void_links(user.id, links.RESET, links.VERIFY, links.UNLOCK, links.INVITE)
        signals.user_disabled.send(user, user_id=user.id)
        record(Tag.ACCOUNT_DISABLED, actor=actor, subject=f"user:{user.id}")
        mails.account_turned_off(user)
        return True


def enable(user_id: str, *, actor: str | None = None) -> None:
    """Turn an account on again; nothing that was ended comes back, and who was invited is to be invited again.

    Raises AlreadyDeleting: such an account is kept, and not turned on by the way.
    """
    with transaction():
        user = get_user_for_change(user_id)
        if user.state == "deleting":
            raise AlreadyDeleting
        if user.state != "disabled":
            return
        user.state, user.disabled_at = _state_when_on(user), None
        user.version += 1
        record(Tag.ACCOUNT_ENABLED, actor=actor, subject=f"user:{user.id}")


def lock(user_id: str, *, reason: str = BY_ADMIN, actor: str | None = None) -> None:
    """Lock an account; everything of its owner's stops at once. Raises LastOwner for an administrator's lock."""
    with transaction():
        user = get_user_for_change(user_id)
        if user.locked_at is not None and user.lock_reason == BY_ADMIN:
            return
        if reason == BY_ADMIN:
            _check_not_last_owner(user)
        user.locked_at, user.lock_reason = now(), reason
        user.version += 1
        links.void_links(user.id, links.RESET, links.UNLOCK)
        signals.user_disabled.send(user, user_id=user.id)
        record(Tag.ACCOUNT_LOCKED, actor=actor, subject=f"user:{user.id}", reason=reason)


def unlock(user_id: str, *, actor: str | None = None) -> None:
    """Take a lock away, and forgive the failed sign-ins.

    Whoever said «This wasn’t me» is waiting for a new password: only who may change accounts takes that lock away.
    Raises Forbidden.
    """
    if get_user(user_id).lock_reason == BY_OWNER:
        check_may_act_as({"admin.users.write"}, f"user:{user_id}", actor=actor)
    with transaction():
        user = get_user_for_change(user_id)
        user.locked_at = user.lock_reason = None
        user.version += 1
        forgive_failures(user)
        record(Tag.ACCOUNT_UNLOCKED, actor=actor, subject=f"user:{user.id}")


def delete(user_id: str, *, actor: str | None = None) -> None:
    """Delete an account with everything that belongs to it; its id is never given again. Raises LastOwner."""
    with transaction() as session:
        user = get_user_for_change(user_id)
        _check_not_last_owner(user)
        signals.user_deleted.send(user, user_id=user.id)
        erase_person(user.id)
        record(Tag.ACCOUNT_DELETED, actor=actor, subject=f"user:{user.id}")
        session.execute(update(User).where(User.invited_by == user.id).values(invited_by=None))
        session.delete(user)


def mark_verified(user_id: str, *, actor: str | None = None) -> None:
    """Take an address for confirmed on an administrator's word."""
    with transaction():
        user = get_user_for_change(user_id)
        if user.email_verified_at is not None:
            return
        user.email_verified_at = now()
        user.version += 1
        record(Tag.EMAIL_VERIFIED, actor=actor, subject=f"user:{user.id}", by="admin")


def forgive_failures(user: User) -> None:
    """Let failed sign-ins with any name of this person be forgotten."""
    identifiers = [user.email_normalised, *filter(None, [user.username])]
    signals.sign_in_unblocked.send(user, user_id=user.id, identifiers=identifiers)


def state_when_kept(user: User) -> str:
    """Return the state of an account whose deletion is undone: what was turned off before stays so."""
    return "disabled" if user.disabled_at else _state_when_on(user)


def _state_when_on(user: User) -> str:
    """Return the state of an account that is turned on: as long as nobody has been in, it waits to be accepted."""
    was_used = user.has_password or user.password_changed_at or user.email_verified or user.self_registered
    return "active" if was_used else "invited"


def _check_not_last_owner(user: User) -> None:
    access.lock_owners()
    if access.is_last_owner(user.id):
        raise LastOwner
