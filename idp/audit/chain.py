"""The hash chain: each event's hash covers the one before it, so that an edit, a gap or a swap shows.

Events are chained by a single sealer within a second after their commit, not by the writers: writers would otherwise
wait for each other on the chain's head. Until then an event is in the trail and not yet in the chain.

The kept chain begins at its origin: after the last event that was purged, or before the first one.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import func, select, update

from idp.audit.models import Event
from idp.audit.origin import FORGED, Origin, check_kept, find_origin
from idp.core.db import db, transaction
from idp.core.holding import Held, hold

_BATCH = 2000


@dataclass(frozen=True)
class Verdict:
    """What a walk over the chain found."""

    sealed: int
    """The place of the last event that was looked at."""
    unsealed: int
    head: str
    first_bad: int | None = None
    reason: str | None = None

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return self.first_bad is None


def hash_event(event: Event, position: int, previous: str, personal: str | None) -> str:
    """Compute the hash of an event at its place in the chain.

    Network address and browser are in it by their salted digest only, so that they can be erased with their person
    and the chain still holds. Events of before that carry them in the open.
    """
    body: dict[str, Any] = {
        "id": event.id, "at": event.at.isoformat(), "tag": event.tag, "actor": event.actor, "subject": event.subject,
        "client_id": event.client_id, "session_id": event.session_id, "request_id": event.request_id,
        "detail": event.detail, "position": position, "previous": previous,
    }  # fmt: skip
    body |= {"ip": event.ip, "user_agent": event.user_agent} if personal is None else {"personal": personal}
    return _sha256(body)


def personal_digest(event: Event, salt: str) -> str:
    """Return the digest of what an event tells of a person's network and browser."""
    return _sha256({"salt": salt, "ip": event.ip, "user_agent": event.user_agent})


def _sha256(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _says_what_it_said(event: Event) -> bool:
    """Tell whether network and browser are those of the moment, or are erased as a whole."""
    if event.personal is None:
        return event.salt is None
    if event.salt is None:
        return event.ip is None and event.user_agent is None
    return event.personal == personal_digest(event, event.salt)


def check_event(event: Event) -> bool | None:
    """Tell whether an event says what it said, right after the one before it; None while it is not chained."""
    if event.position is None or event.previous is None:
        return None
    origin = find_origin()
    expected = None if event.position <= origin.position else _hash_kept(event.position - 1, origin)
    fits = event.hash == hash_event(event, event.position, event.previous, event.personal)
    return fits and event.previous == expected and _says_what_it_said(event)


def seal_events() -> int:
    """Chain the events that are not chained yet, in the order of their ids; return how many were."""
    with transaction() as session:
        hold(Held.CHAIN)
        position, previous = head()
        query = select(Event).where(Event.position.is_(None)).order_by(Event.id).limit(_BATCH)
        rows = list(session.execute(query).scalars())
        for event in rows:
            position += 1
            salt = secrets.token_hex(16)
            personal = personal_digest(event, salt)
            sealed = hash_event(event, position, previous, personal)
            session.execute(
                update(Event)
                .where(Event.id == event.id)
                .values(position=position, previous=previous, hash=sealed, salt=salt, personal=personal)
                .execution_options(synchronize_session=False)
            )
            previous = sealed
    return len(rows)


def head() -> tuple[int, str]:
    """Return the place and the hash of the last chained event."""
    query = (
        select(Event.position, Event.hash).where(Event.position.is_not(None)).order_by(Event.position.desc()).limit(1)
    )
    row = db.session.execute(query).first()
    if row is None or row[0] is None:
        # Everything that was chained is purged.
        origin = find_origin()
        return origin.position, origin.hash
    return int(row[0]), str(row[1])


def hash_at(position: int) -> str | None:
    """Return what the chain holds of a place, or None where nothing is; raise Purged, or DomainError for a forgery."""
    origin = find_origin()
    check_kept(position, origin)
    return _hash_kept(position, origin)


def verify_chain() -> Verdict:
    """Walk the chain from its first kept event and name the first place where it breaks."""
    return verify_part(0)


def verify_part(after: int, most: int | None = None) -> Verdict:
    """Walk so many events of the chain at most, from the one after a place on, which counts as checked.

    Where that place is purged, it begins with the first event that is kept.
    """
    while True:
        origin = find_origin()
        verdict = _verify_from(max(after, origin.position), origin, most)
        # A purge may have gone on meanwhile: then it is no gap.
        if verdict.intact or find_origin() == origin:
            return verdict


def verify_events(events: Iterable[Event], origin: Origin) -> Verdict:
    """Walk events that were read already, of which the first is the first that is kept."""
    return _walk(events, origin.position, origin.hash) if origin.is_ours else _forged(origin)


def verify_rest(origin: Origin) -> Verdict:
    """Walk what is kept as it follows from a beginning, whether its signature holds or not."""
    return _walk(_sealed(origin.position), origin.position, origin.hash)


def count_unsealed() -> int:
    """Count the events that are not chained yet."""
    return int(db.session.execute(select(func.count()).where(Event.position.is_(None))).scalar_one())


def _verify_from(after: int, origin: Origin, most: int | None) -> Verdict:
    if not origin.is_ours:
        return _forged(origin)
    previous = _hash_kept(after, origin)
    if previous is None:
        return Verdict(origin.position, count_unsealed(), origin.hash, after, _missing(after))
    return _walk(islice(_sealed(after), most), after, previous)


def _hash_kept(position: int, origin: Origin) -> str | None:
    """Return the hash at a place that is not before the origin."""
    if position == origin.position:
        return origin.hash if origin.is_ours else None
    return db.session.execute(select(Event.hash).where(Event.position == position)).scalar()


def _forged(origin: Origin) -> Verdict:
    return Verdict(origin.position, count_unsealed(), origin.hash, origin.position, FORGED)


def _walk(events: Iterable[Event], position: int, previous: str) -> Verdict:
    unsealed = count_unsealed()
    for event in events:
        expected = position + 1
        if event.position != expected:
            return Verdict(position, unsealed, previous, expected, _missing(expected))
        fits = event.hash == hash_event(event, expected, previous, event.personal)
        if event.previous != previous or not fits or not _says_what_it_said(event):
            return Verdict(position, unsealed, previous, expected, f"event {event.id} was changed")
        position, previous = expected, str(event.hash)
    return Verdict(position, unsealed, previous)


def _missing(position: int) -> str:
    return f"event at position {position} is missing"


def _sealed(last: int) -> Iterable[Event]:
    while rows := list(
        db.session.execute(select(Event).where(Event.position > last).order_by(Event.position).limit(_BATCH)).scalars()
    ):
        yield from rows
        last = rows[-1].position or 0
        db.session.expunge_all()
