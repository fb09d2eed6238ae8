"""The life of a key: next, active, verify-only, retired; the database allows one active and one next an algorithm.

A key signs only after every cache of the key set has had time to learn it; it verifies as long as what it signed lives.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.holding import Held, hold
from idp.core.settings import settings
from idp.feed.service import publish
from idp.keyring.errors import (
    ACTIVE_KEY,
    KNOWN_KEY,
    NEXT_WAITS,
    NO_NEXT_KEY,
    RETIRED_KEY,
    STILL_VERIFIES,
    TOO_EARLY,
    UNKNOWN_ALGORITHM,
    UNKNOWN_KEY,
    Conflict,
    DomainError,
    NotFound,
)
from idp.keyring.models import SigningKey, State
from idp.keyring.pairs import ALGORITHMS, Pair, generate, new_row, thumbprint
from idp.keyring.ring import forget
from idp.keyring.signals import key_published
from idp.keyring.times import known_at, signs_until, verification_time


def list_keys() -> list[SigningKey]:
    """List all keys, newest first."""
    return list(db.session.execute(select(SigningKey).order_by(SigningKey.created_at.desc())).scalars())


def get_key(kid: str) -> SigningKey:
    """Return a key; raise NotFound."""
    row = db.session.get(SigningKey, kid)
    if row is None:
        raise NotFound(UNKNOWN_KEY)
    return row


def initialise(alg: str = "RS256") -> SigningKey | None:
    """Make the first key of an algorithm, which signs at once; None when there are keys of it already."""
    _check_algorithm(alg)
    if _has_any(alg):
        return None
    pair = generate(alg)
    with transaction():
        hold(Held.KEYS)
        return None if _has_any(alg) else _activate(_create(alg, pair))


def prepare_next(alg: str = "RS256") -> SigningKey:
    """Publish the key that will sign next; raise Conflict when one waits already.

    It is promoted by the schedule; the first key of an algorithm as soon as everybody can know it.
    """
    _check_algorithm(alg)
    return _prepare(alg, generate(alg))


def _prepare(alg: str, pair: Pair) -> SigningKey:
    with transaction():
        hold(Held.KEYS)
        if _find(alg, State.NEXT):
            raise Conflict(NEXT_WAITS)
        waiting = _create(alg, pair)
        waiting.promote_at = _turn_of(waiting)
        return waiting


def adopt(row: SigningKey) -> SigningKey:
    """Publish a key that was made elsewhere, as the next one or to verify only; raise Conflict when it is known."""
    with transaction():
        hold(Held.KEYS)
        prints = {thumbprint(each.public_jwk) for each in list_keys()}
        if db.session.get(SigningKey, row.kid) is not None or thumbprint(row.public_jwk) in prints:
            raise Conflict(KNOWN_KEY)
        if row.state == State.NEXT:
            if _find(row.alg, State.NEXT):
                raise Conflict(NEXT_WAITS)
            row.promote_at = _turn_of(row)
        elif row.retire_at is None:
            row.retire_at = now() + verification_time()
        db.session.add(row)
        db.session.flush()
        _changed(Tag.KEY_IMPORTED, row.kid, alg=row.alg)
        return row


def promote(alg: str = "RS256", *, force: bool = False) -> SigningKey:
    """Let the next key sign; the active one verifies on. Raise Conflict when caches may not know the next one yet."""
    with transaction():
        hold(Held.KEYS)
        waiting = _find(alg, State.NEXT)
        if waiting is None:
            raise Conflict(NO_NEXT_KEY)
        if not force and known_at(waiting) > now():
            raise Conflict(TOO_EARLY)
        return _activate(waiting)


def rotate(alg: str = "RS256", *, emergency: bool = False) -> SigningKey:
    """Move on to another key as soon as that fails no verification; in an emergency at once, refusing all older keys.

    Without emergency the next key is promoted; one that is not published yet, or too young, is promoted by the worker
    when its time has come, and comes back with `promote_at`.
    """
    _check_algorithm(alg)
    if emergency:
        return _begin_anew(alg)
    fresh = generate(alg) if _find(alg, State.NEXT) is None else None
    with transaction():
        hold(Held.KEYS)
        waiting = _find(alg, State.NEXT) or _create(alg, fresh or generate(alg))
        if known_at(waiting) <= now():
            return _activate(waiting)
        waiting.promote_at = min(waiting.promote_at or known_at(waiting), known_at(waiting))
        return waiting


def _begin_anew(alg: str) -> SigningKey:
    """Refuse every key of every algorithm, and let a new one sign for each that signed; return that of one of them."""
    active = select(SigningKey.alg).where(SigningKey.state == State.ACTIVE)
    pairs = {each: generate(each) for each in {alg, *db.session.execute(active).scalars()}}
    with transaction():
        hold(Held.KEYS)
        # One that began to sign meanwhile has a successor, too.
        signed = {alg, *db.session.execute(active).scalars()}
        # Whoever holds one of our private keys may hold them all: they were kept in one place.
        for row in db.session.execute(select(SigningKey).where(SigningKey.state != State.RETIRED)).scalars().all():
            _retire(row, "emergency")
        fresh = {each: _activate(_create(each, pairs.get(each) or generate(each))) for each in sorted(signed)}
        return fresh[alg]


def retire(kid: str, *, at_once: bool = False) -> None:
    """Stop publishing a key: every token it signed is refused from now on. Raise Conflict while it is needed."""
    with transaction():
        hold(Held.KEYS)
        row = get_key(kid)
        if row.state == State.ACTIVE:
            raise Conflict(ACTIVE_KEY)
        if row.state == State.RETIRED:
            raise Conflict(RETIRED_KEY)
        if row.state == State.VERIFY_ONLY and not at_once and (row.retire_at or now()) > now():
            raise Conflict(STILL_VERIFIES)
        _retire(row, "asked")


def run_schedule() -> list[str]:
    """Do what is due: publish next keys ahead, promote them, retire old ones; return what was done.

    Safe to run in several processes at once: what one has done, the others find done.
    """
    return [*_publish_due(), *_promote_due(), *_retire_due()]


def _publish_due() -> list[str]:
    due = now() + settings().keys.publish_ahead
    active = db.session.execute(select(SigningKey).where(SigningKey.state == State.ACTIVE)).scalars().all()
    algorithms = [row.alg for row in active if signs_until(row) <= due and _find(row.alg, State.NEXT) is None]
    done = []
    for alg in algorithms:
        pair = generate(alg)
        try:
            with transaction():
                kid = _prepare(alg, pair).kid
                key_published.send(None, kid=kid)
        except Conflict:
            continue
        done.append(f"published {kid}")
    return done


def _promote_due() -> list[str]:
    due = select(SigningKey.alg).where(SigningKey.state == State.NEXT, SigningKey.promote_at <= now())
    done = []
    for alg in db.session.execute(due).scalars().all():
        try:
            done.append(f"promoted {promote(alg).kid}")
        except Conflict:
            continue
    return done


def _retire_due() -> list[str]:
    due = select(SigningKey).where(SigningKey.state == State.VERIFY_ONLY, SigningKey.retire_at <= now())
    if db.session.execute(due).first() is None:
        return []
    with transaction():
        hold(Held.KEYS)
        rows = list(db.session.execute(due).scalars())
        for row in rows:
            _retire(row, "schedule")
        return [f"retired {row.kid}" for row in rows]


def _check_algorithm(alg: str) -> None:
    if alg not in ALGORITHMS:
        raise DomainError(UNKNOWN_ALGORITHM, field="alg")


def _has_any(alg: str) -> bool:
    return db.session.execute(select(SigningKey.kid).where(SigningKey.alg == alg)).first() is not None


def _find(alg: str, state: State) -> SigningKey | None:
    query = select(SigningKey).where(SigningKey.alg == alg, SigningKey.state == state)
    return db.session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()


def _turn_of(waiting: SigningKey) -> datetime:
    """Tell when the schedule lets a next key sign."""
    active = _find(waiting.alg, State.ACTIVE)
    soonest = now() + settings().keys.publish_ahead
    return max(signs_until(active), soonest) if active else known_at(waiting)


def _create(alg: str, pair: Pair) -> SigningKey:
    row = new_row(alg, pair)
    db.session.add(row)
    db.session.flush()
    _changed(Tag.KEY_CREATED, row.kid, alg=alg)
    return row


def _activate(row: SigningKey) -> SigningKey:
    moment = now()
    # First the old one out, then the new one in: the index on the table would not have it otherwise.
    db.session.execute(
        update(SigningKey)
        .where(SigningKey.alg == row.alg, SigningKey.state == State.ACTIVE)
        .values(state=State.VERIFY_ONLY, retire_at=moment + verification_time(), private_sealed=None)
    )
    row.state, row.activated_at, row.promote_at = State.ACTIVE, moment, None
    db.session.flush()
    _changed(Tag.KEY_PROMOTED, row.kid, alg=row.alg)
    return row


def _retire(row: SigningKey, reason: str) -> None:
    row.state, row.retired_at, row.private_sealed, row.promote_at = State.RETIRED, now(), None, None
    db.session.flush()
    _changed(Tag.KEY_RETIRED, row.kid, reason=reason)


def _changed(tag: Tag, kid: str, **detail: Any) -> None:
    record(tag, subject=f"key:{kid}", **detail)
    publish("key", kid)
    forget()
