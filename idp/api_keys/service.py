"""Make, list, revoke and judge API keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from idp.access import service as access
from idp.access.permissions import PERMISSIONS, with_included
from idp.accounts.models import User
from idp.accounts.service import get_user_for_change, is_usable
from idp.api_keys.errors import (
    MANY_KEYS,
    NO_KEY,
    NO_LABEL,
    NO_PERMISSIONS,
    NOT_HELD,
    PAST,
    UNKNOWN_PERMISSION,
    Conflict,
    DomainError,
    Forbidden,
    NotFound,
)
from idp.api_keys.models import ApiKey
from idp.audit.service import record, record_refusal
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, transaction, write
from idp.core.keyset import page_of
from idp.core.secrets import digest, random_token
from idp.limits import service as limits
from idp.limits.policy import API_KEY

PREFIX = "idpk_"
MOST = 20
"""So many keys that work one person has at once."""
_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class LiveKey:
    """A key that is good at this moment, and what it may do."""

    id: str
    user_id: str
    permissions: frozenset[str]


def add_key(
    user_id: str,
    *,
    label: str,
    permissions: Iterable[str],
    expires_at: datetime | None = None,
    made_by: str | None = None,
    actor: str | None = None,
) -> tuple[ApiKey, str]:
    """Make a key of a person; return its row and its value, which is shown this once.

    `made_by` is the key that made it and takes it along when it is revoked. Raises UnknownUser, DomainError,
    Conflict when there are too many, Forbidden for what its owner may not do or a maker that works no more.
    """
    label = " ".join("".join(sign for sign in label if sign.isprintable()).split())[:120]
    wanted = _checked(label, permissions, expires_at)
    value = random_token(PREFIX)
    with transaction() as session:
        get_user_for_change(user_id)
        there = _all_of(user_id)
        maker_works = made_by is None or any(is_live(row) for row in there if row.id == made_by)
        if not (maker_works and wanted <= held_by(user_id)):
            record_refusal(Tag.ROLE_REFUSED, actor=actor, subject=f"user:{user_id}", wanted=sorted(wanted))
            raise Forbidden(NOT_HELD, field="permissions")
        if sum(map(is_live, there)) >= MOST:
            raise Conflict(MANY_KEYS)
        row = ApiKey(
            user_id=user_id, label=label, digest=digest(value), last4=value[-4:], permissions=sorted(wanted),
            expires_at=expires_at, made_by=made_by,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _changed(Tag.API_KEY_ADDED, row, actor, label=label, permissions=row.permissions, expires_at=expires_at)
    return row, value


def revoke_key(key_id: str, *, actor: str | None = None) -> ApiKey:
    """Let a key and those made with it work no more, at once; what was revoked stays so. Raises NotFound."""
    with transaction():
        row = get_key(key_id)
        # Nobody makes a key of this person meanwhile.
        get_user_for_change(row.user_id)
        _revoke([row, *_made_with(row)], actor)
        return row


def revoke_all(user_id: str, *, actor: str | None = None) -> None:
    """Let no key of a person work any more."""
    with transaction():
        _revoke(_all_of(user_id), actor)


def get_key(key_id: str) -> ApiKey:
    """Return a key's row; raise NotFound."""
    row = db.session.get(ApiKey, key_id)
    if row is None:
        raise NotFound(NO_KEY)
    return row


def list_keys(user_id: str | None = None, *, after: str = "", before: str = "", limit: int = 500) -> list[ApiKey]:
    """List the keys of a person or of everybody, the oldest first; with `before`, backwards from there."""
    query = select(ApiKey) if user_id is None else select(ApiKey).where(ApiKey.user_id == user_id)
    beside = [before or after] if before or after else None
    page = page_of(query, [ApiKey.id], beside, descending=False, backwards=bool(before), limit=limit)
    return list(db.session.execute(page).scalars())


def find_live(value: str) -> LiveKey | None:
    """Return a key when it is good at this moment: not revoked, not expired, its owner's account in use.

    A wrong one is counted for the network it came from; raises TooMany.
    """
    query = select(ApiKey, User).join(User, User.id == ApiKey.user_id).where(ApiKey.digest == digest(value))
    found = db.session.execute(query).first()
    if found is None or not is_live(found[0]) or not is_usable(found[1]):
        limits.take(API_KEY, context().network)
        _refused(found[0] if found else None)
        return None
    row: ApiKey = found[0]
    _note_use(row)
    return LiveKey(row.id, row.user_id, frozenset(row.permissions) & held_by(row.user_id))


def is_live(row: ApiKey) -> bool:
    """Tell whether a key was neither revoked nor is it past its time."""
    return row.revoked_at is None and (row.expires_at is None or row.expires_at > now())


def held_by(user_id: str) -> set[str]:
    """Return our own administrative permissions that a person has, with those that they include."""
    api = access.find_api(access.own_api())
    return set(with_included(access.permission_names(user_id, api.id) & PERMISSIONS.keys())) if api else set()


def _checked(label: str, permissions: Iterable[str], expires_at: datetime | None) -> set[str]:
    wanted = set(permissions)
    if not label:
        raise DomainError(NO_LABEL, field="label")
    if not wanted:
        raise DomainError(NO_PERMISSIONS, field="permissions")
    if not wanted <= PERMISSIONS.keys():
        raise DomainError(UNKNOWN_PERMISSION, field="permissions")
    if expires_at is not None and expires_at <= now():
        raise DomainError(PAST, field="expires_at")
    return wanted


def _all_of(user_id: str) -> list[ApiKey]:
    """Read every key of a person as it is now, the oldest first."""
    query = select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id)
    return list(db.session.execute(query.execution_options(populate_existing=True)).scalars())


def _made_with(row: ApiKey) -> list[ApiKey]:
    """List the keys that came of a key, directly or by others."""
    found, rows = {row.id}, _all_of(row.user_id)
    # An id is made later than that of its maker, so one walk in their order is enough.
    for other in rows:
        if other.made_by in found:
            found.add(other.id)
    return [other for other in rows if other.id in found - {row.id}]


def _revoke(rows: Iterable[ApiKey], actor: str | None) -> None:
    for row in rows:
        statement = update(ApiKey).where(ApiKey.id == row.id, ApiKey.revoked_at.is_(None)).values(revoked_at=now())
        if db.session.execute(statement).rowcount:  # type: ignore[attr-defined]
            _changed(Tag.API_KEY_REVOKED, row, actor, label=row.label)
        db.session.refresh(row)


def _note_use(row: ApiKey) -> None:
    """Write down that a key is used, once a minute at most."""
    moment = now()
    if row.last_used_at is None or row.last_used_at < moment - _USED_EVERY:
        old = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < moment - _USED_EVERY)
        write(update(ApiKey.__table__).where(ApiKey.id == row.id, old).values(last_used_at=moment))  # type: ignore[arg-type]


def _refused(row: ApiKey | None) -> None:
    why = "unknown" if row is None else "revoked or expired" if not is_live(row) else "owner"
    record(Tag.API_KEY_REFUSED, subject=f"api_key:{row.id}" if row else None, reason=why)


def _changed(tag: Tag, row: ApiKey, actor: str | None, **detail: Any) -> None:
    record(tag, actor=actor, subject=f"user:{row.user_id}", key=row.id, last4=row.last4, **detail)
