"""Ten minutes in which an administrator's deed can be undone: once, by the same person, while nothing came after it.

What names the deed is the event it left: a later one of the same kind, or the undoing itself, makes it stale.
"""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from idp.access import service as access
from idp.accounts.lifecycle import states
from idp.accounts.service import get_user_for_change
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.core import cipher
from idp.core.clock import timestamp
from idp.core.context import context
from idp.core.db import db, transaction
from idp.core.errors import Conflict

WITHIN = timedelta(minutes=10)
_PAIRS = {
    Tag.ACCOUNT_DISABLED.value: (Tag.ACCOUNT_DISABLED, Tag.ACCOUNT_ENABLED),
    Tag.ROLE_REVOKED.value: (Tag.ROLE_REVOKED, Tag.ROLE_GRANTED),
}


class CannotUndo(Conflict):
    """Too late, done already, or of somebody else."""

    def __init__(self) -> None:
        super().__init__(_l("This cannot be undone any more."))


@dataclass(frozen=True)
class _Deed:
    tag: str
    user_id: str
    event_id: int
    role: str | None


def offer(tag: Tag, user_id: str, *, role: str | None = None) -> str:
    """Make the token that undoes the deed just done."""
    event_id = _newest(tag.value, user_id, role)
    until = timestamp() + int(WITHIN.total_seconds())
    return str(_serializer().dumps([tag.value, user_id, event_id, role, context().actor, until]))


def undo_disable(user_id: str, token: str) -> None:
    """Turn on again the account that was just turned off; raise CannotUndo."""
    deed = _read(token, Tag.ACCOUNT_DISABLED, user_id)
    with transaction():
        _check_newest(deed)
        states.enable(user_id)


def undo_role(user_id: str, token: str) -> None:
    """Give again the role that was just taken away; raise CannotUndo, and what giving a role raises."""
    deed = _read(token, Tag.ROLE_REVOKED, user_id)
    with transaction():
        _check_newest(deed)
        if not access.grant_role(user_id, deed.role or ""):
            raise CannotUndo


def _read(token: str, tag: Tag, user_id: str) -> _Deed:
    try:
        made, of, event_id, role, actor, until = _serializer().loads(token[:2000])
    except (BadSignature, ValueError, TypeError) as error:
        raise CannotUndo from error
    if (made, of, actor) != (tag.value, user_id, context().actor) or until < timestamp():
        raise CannotUndo
    return _Deed(made, of, event_id, role)


def _check_newest(deed: _Deed) -> None:
    """Raise CannotUndo unless nothing came after; the person's row is held, so two who undo at once are one."""
    get_user_for_change(deed.user_id)
    if _newest(deed.tag, deed.user_id, deed.role) != deed.event_id:
        raise CannotUndo


def _newest(tag: str, user_id: str, role: str | None) -> int:
    """Return the newest event of a deed or its undoing."""
    tags = [one.value for one in _PAIRS[tag]]
    query = select(Event).where(Event.subject == f"user:{user_id}", Event.tag.in_(tags)).order_by(Event.id.desc())
    for event in db.session.execute(query.limit(100)).scalars():
        if role is None or event.detail.get("role") == role:
            return event.id
    return 0


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(cipher.derive("undo"), salt="undo")
