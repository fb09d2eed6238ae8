"""Who a person is: found, added, edited. How one registers, recovers and is turned off stands beside."""

import re
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from idp.accounts.email import links, mails
from idp.accounts.email.addresses import check_external_id, normalise_email
from idp.accounts.errors import (
    AddressTaken,
    EditedMeanwhile,
    ExternalIdTaken,
    UnfitAddress,
    UnknownUser,
    UsernameTaken,
)
from idp.accounts.listing import Wanted, find_people
from idp.accounts.models import EmailChange, User
from idp.accounts.profiles import profile
from idp.accounts.signals import address_moved, credentials_changed
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, transaction

RESERVED_FOR = timedelta(days=7)
"""How long an address that was given up is nobody else's: so long its owner may undo it."""
_ULID = re.compile(r"[0-9A-Z]{26}")


def find_user(user_id: str) -> User | None:
    """Return the person with an id, or None."""
    return db.session.get(User, user_id)


def get_user(user_id: str) -> User:
    """Return the person with an id; raise UnknownUser."""
    user = find_user(user_id)
    if user is None:
        raise UnknownUser
    return user


def get_user_for_change(user_id: str) -> User:
    """Return the person with an id, their row held until the transaction ends; raise UnknownUser."""
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise UnknownUser
    return user


def find_by_email(text: str) -> User | None:
    """Return the person with an address, written in any case, or None."""
    try:
        _shown, normalised = normalise_email(text)
    except UnfitAddress:
        return None
    return db.session.execute(select(User).where(User.email_normalised == normalised)).scalar()


def find_by_identifier(text: str) -> User | None:
    """Return the person who signs in with an address or a user name, or None."""
    if "@" in text:
        return find_by_email(text)
    name = text.strip().lower()
    return db.session.execute(select(User).where(User.username == name)).scalar() if name else None


def get_by_name(text: str) -> User:
    """Return the person an administrator names by address, user name or id; raise UnknownUser."""
    user = find_named([text]).get(text)
    if user is None:
        raise UnknownUser
    return user


def find_named(names: Collection[str]) -> dict[str, User]:
    """Return the people an administrator names by address, user name or id, all found at once.

    Not by external id: somebody could choose a user name that is the external id of another.
    """
    keys = {name: _keys(name) for name in names}
    wanted, known = set[str]().union(*keys.values()), dict[str | None, User]()
    query = select(User).where(or_(User.id.in_(wanted), User.email_normalised.in_(wanted), User.username.in_(wanted)))
    for user in db.session.execute(query).scalars():
        known.update(dict.fromkeys((user.id, user.email_normalised, user.username), user))
    found = {name: next((known[key] for key in each if key in known), None) for name, each in keys.items()}
    return {name: user for name, user in found.items() if user is not None}


def _keys(name: str) -> list[str]:
    """Return a name of somebody as it may be kept, the surest first; nothing for what can be none."""
    text = name.strip()
    if "@" not in text:
        return [text, text.lower()] if _ULID.fullmatch(text) else [text.lower()] if text else []
    try:
        return [normalise_email(text)[1]]
    except UnfitAddress:
        return []


def is_usable(user: User | None) -> bool:
    """Tell whether a person may use their account: there, active and not locked."""
    return user is not None and user.is_active


def list_users(*, search: str = "", state: str | None = None, after: str = "", limit: int = 50) -> list[User]:
    """List people by id, from the one after `after`.

    `search` is the start of an address, a name or a user name, or of an external id.
    """
    return find_people(Wanted(search=search, state=state or "", after=after, limit=limit))


def add_user(
    email: str,
    *,
    name: str = "",
    password_hash: str | None = None,
    verified: bool = False,
    state: str = "active",
    external_id: str | None = None,
    **fields: Any,
) -> User:
    """Add a person; raise UnfitAddress, AddressTaken, UsernameTaken, UnfitExternalId, ExternalIdTaken."""
    shown, normalised = normalise_email(email)
    external_id = check_external_id(external_id or "")
    values = profile.check_profile({"name": name, **fields})
    with transaction() as session:
        check_free(normalised, values.get("username"))
        _check_external_id_is_free(external_id)
        user = User(
            email=shown,
            email_normalised=normalised,
            email_verified_at=now() if verified else None,
            password_hash=password_hash,
            password_changed_at=now() if password_hash else None,
            state=state,
            external_id=external_id,
            **values,
        )
        session.add(user)
        flush_unique()
    return user


def edit_user(user_id: str, *, expected_version: int | None = None, actor: str | None = None, **changes: Any) -> User:
    """Change profile values, with `email` the address, with `external_id` what another system calls the person.

    Raises EditedMeanwhile when the account is not at the version expected any more. A new address counts as not
    confirmed unless `email_verified` says so; what else comes with it, `move_address` says.
    """
    email, verified = changes.pop("email", None), changes.pop("email_verified", None)
    external = {"external_id": check_external_id(changes.pop("external_id") or "")} if "external_id" in changes else {}
    values = profile.check_profile(changes) | external
    with transaction():
        user = get_user_for_change(user_id)
        if expected_version is not None and user.version != expected_version:
            raise EditedMeanwhile
        if external.get("external_id") not in {None, user.external_id}:
            _check_external_id_is_free(external["external_id"])
        for field, value in values.items():
            setattr(user, field, value)
        changed = [*values, *_change_address(user, email, verified=verified)]
        user.version += 1
        flush_unique()
        record(Tag.ACCOUNT_EDITED, actor=actor, subject=f"user:{user.id}", fields=sorted(changed))
    return user


def as_dict(user: User) -> dict[str, Any]:
    """Return a person as plain data, as the command line and the API give it; never a hash."""
    data: dict[str, Any] = {
        "id": user.id,
        "email": user.email,
        "email_verified": user.email_verified,
        "state": user.state,
        "locked": user.locked_at is not None,
        "external_id": user.external_id,
        "has_password": user.password_hash is not None,
        **{field: getattr(user, field) for field in profile.FIELDS},
        "version": user.version,
    }
    moments = ("created_at", "updated_at", "password_changed_at", "disabled_at", "locked_at", "deletion_due_at")
    return data | {name: getattr(user, name) for name in moments}


def move_address(user: User, email: str) -> None:
    """Give an account another address on an administrator's word, in the present transaction; it is not confirmed.

    As when its owner changes it, links to the old address stop working, and every session and refresh token ends; API
    keys end, too. Whoever confirmed the old address is told there, and can lock the account but not bring the address
    back, nor any from before: an address is moved by the house because its owner does not read the old one, or
    somebody else does.
    Raises UnfitAddress, AddressTaken.
    """
    shown, normalised = normalise_email(email)
    if normalised != user.email_normalised:
        check_free(normalised, None)
        links.void_links(user.id, *links.ALL_BUT_NOT_ME, links.UNDO_EMAIL)
        _close_own_changes(user.id)
        if user.email_verified and user.is_active:
            mails.email_changed_by_admin(user)
        edge = context()
        own = edge.session_id if edge.actor == f"user:{user.id}" else None
        credentials_changed.send(user, user_id=user.id, keep_session_id=own)
        if edge.actor != f"user:{user.id}":
            address_moved.send(user, user_id=user.id)
        user.email_verified_at = None
    user.email, user.email_normalised = shown, normalised


def forget_pending_change(user_id: str) -> None:
    """Forget the change of address that a person asked for and has not confirmed, in the present transaction."""
    db.session.execute(delete(EmailChange).where(EmailChange.user_id == user_id, EmailChange.done_at.is_(None)))


def _close_own_changes(user_id: str) -> None:
    """Let no change of address that the person made go on, or be undone."""
    forget_pending_change(user_id)
    done = update(EmailChange).where(EmailChange.user_id == user_id, EmailChange.undone_at.is_(None))
    db.session.execute(done.values(undone_at=now()), execution_options={"synchronize_session": False})


def _change_address(user: User, email: str | None, *, verified: bool | None) -> list[str]:
    changed = []
    if email is not None:
        move_address(user, email)
        changed.append("email")
    if verified is not None:
        user.email_verified_at = (user.email_verified_at or now()) if verified else None
        changed.append("email_verified")
    return changed


def check_free(email_normalised: str, username: str | None) -> None:
    """Raise AddressTaken or UsernameTaken for what somebody has; an address that may come back to its owner, too."""
    if db.session.execute(select(User.id).where(User.email_normalised == email_normalised)).first():
        raise AddressTaken
    may_come_back = select(EmailChange.id).where(
        EmailChange.old_normalised == email_normalised,
        EmailChange.done_at > now() - RESERVED_FOR,
        EmailChange.undone_at.is_(None),
    )
    if db.session.execute(may_come_back).first():
        raise AddressTaken
    if username and db.session.execute(select(User.id).where(User.username == username)).first():
        raise UsernameTaken


def _check_external_id_is_free(external_id: str | None) -> None:
    if external_id and db.session.execute(select(User.id).where(User.external_id == external_id)).first():
        raise ExternalIdTaken


def flush_unique() -> None:
    """Write now, so that a row of the same name made this very moment is told from other trouble."""
    try:
        db.session.flush()
    except IntegrityError as error:
        named = {"username": UsernameTaken, "external_id": ExternalIdTaken}
        raise next((kind for name, kind in named.items() if name in str(error.orig)), AddressTaken) from error
