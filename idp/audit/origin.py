"""Where the kept chain begins: after the last event that was purged.

The place is signed, and what was purged has no other trace but the events that tell of it: who can write to the
database alone removes nothing unseen.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from idp.audit.models import AuditOrigin
from idp.audit.signing import is_signed, sign
from idp.core.clock import now
from idp.core.db import db
from idp.core.errors import DomainError

GENESIS = "0" * 64
_ROW = 1
FORGED = "the place where the trail begins was not set by a purge of this server"
_COLUMNS = (
    AuditOrigin.position, AuditOrigin.hash, AuditOrigin.newest_at, AuditOrigin.purged_at, AuditOrigin.signature,
)  # fmt: skip


class Purged(DomainError):
    """An event that is asked for was purged: nothing can be said of it any more, and nothing is wrong with that."""


@dataclass(frozen=True)
class Origin:
    """The last event that was purged; without one, the nothing before the first event."""

    position: int = 0
    """Its place, which is also how many were purged in all."""
    hash: str = GENESIS
    newest_at: datetime | None = None
    """The latest moment of any event that was purged."""
    purged_at: datetime | None = None
    is_ours: bool = True
    """Whether the signature holds."""


def find_origin() -> Origin:
    """Return where the kept chain begins."""
    row = db.session.execute(select(*_COLUMNS).where(AuditOrigin.id == _ROW)).first()
    if row is None:
        return Origin()
    body = _body(row.position, row.hash, row.newest_at, row.purged_at)
    return Origin(row.position, row.hash, row.newest_at, row.purged_at, is_signed(body, row.signature))


def move_origin(position: int, digest: str, newest_at: datetime) -> None:
    """Let the chain begin after an event, in the transaction that removes what is before."""
    row = db.session.get(AuditOrigin, _ROW, populate_existing=True) or AuditOrigin(id=_ROW)
    row.position, row.hash, row.newest_at, row.purged_at = position, digest, newest_at, now()
    row.signature = sign(_body(position, digest, newest_at, row.purged_at))
    db.session.add(row)
    db.session.flush()


def sign_again(origin: Origin) -> None:
    """Sign the place where the chain begins as it stands, inside the present transaction."""
    row = db.session.get_one(AuditOrigin, _ROW, populate_existing=True)
    row.signature = sign(_body(origin.position, origin.hash, row.newest_at, row.purged_at))
    db.session.flush()


def check_kept(position: int, origin: Origin) -> None:
    """Raise Purged where a place of the chain is before the first that is kept, DomainError for a forged beginning."""
    if not origin.is_ours:
        raise DomainError(FORGED)
    if 0 < position < origin.position:
        day = f"{origin.purged_at:%Y-%m-%d}"
        raise Purged(
            f"the event at position {position} was purged: on {day} all up to position {origin.position} were. "
            "It cannot be compared any more"
        )


def _body(position: int, digest: str, newest_at: datetime, purged_at: datetime) -> dict[str, Any]:
    # Its kind keeps it apart from a checkpoint, which the same key signs.
    return {
        "kind": "origin", "position": position, "head": digest, "newest_at": newest_at.isoformat(),
        "at": purged_at.isoformat(),
    }  # fmt: skip
