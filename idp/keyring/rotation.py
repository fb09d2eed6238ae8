"""The life of a key: next, active, verify-only, retired; one active key an algorithm, by the database."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, text, update

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, is_postgresql, transaction
from idp.core.errors import Conflict, DomainError, NotFound
from idp.core.settings import settings
from idp.feed.service import publish
from idp.keyring.models import SigningKey, State
from idp.keyring.pairs import ALGORITHMS, new_row

_LOCK = 0x1D9CE1
_KEPT = timedelta(days=30)
"""How long a key verifies after it signed: tokens die within minutes, ID token hints come later."""
_UNKNOWN_ALGORITHM = _l("That signing algorithm is not known.")
_NO_NEXT_KEY = _l("There is no next key. Make one first.")
_ACTIVE_KEY = _l("That is the active key. Rotate instead.")
_UNKNOWN_KEY = _l("There is no key of that id.")
_TOO_EARLY = _l("The next key was published too recently: apps that cache the key set would refuse its tokens.")


def list_keys() -> list[SigningKey]:
    """List all keys, newest first."""
    return list(db.session.execute(select(SigningKey).order_by(SigningKey.created_at.desc())).scalars())


def get_key(kid: str) -> SigningKey:
    """Return a key; raise NotFound."""
    row = db.session.get(SigningKey, kid)
    if row is None:
        raise NotFound(_UNKNOWN_KEY)
    return row


def initialise(alg: str = "RS256") -> SigningKey | None:
    """Make the first key of an algorithm; None when there is one already."""
    with transaction():
        _lock()
        if _find(alg, State.ACTIVE):
            return None
        return _activate(_create(alg, State.NEXT))


def prepare_next(alg: str = "RS256") -> SigningKey:
    """Publish the key that will sign next; returns the one that waits already, if there is one."""
    if alg not in ALGORITHMS:
        raise DomainError(_UNKNOWN_ALGORITHM, field="alg")
    with transaction():
        _lock()
        return _find(alg, State.NEXT) or _create(alg, State.NEXT)


def promote(alg: str = "RS256", *, force: bool = False) -> SigningKey:
    """Let the next key sign; the active one verifies on. Raise Conflict when caches may not know it yet."""
    with transaction():
        _lock()
        waiting = _find(alg, State.NEXT)
        if waiting is None:
            raise Conflict(_NO_NEXT_KEY)
        if not force and waiting.created_at + min(settings().keys.publish_ahead, timedelta(days=1)) > now():
            raise Conflict(_TOO_EARLY)
        return _activate(waiting)


def rotate(alg: str = "RS256", *, emergency: bool = False) -> SigningKey:
    """Make a key and let it sign at once; in an emergency what the old one signed is refused from now on."""
    if alg not in ALGORITHMS:
        raise DomainError(_UNKNOWN_ALGORITHM, field="alg")
    with transaction():
        _lock()
        old = _find(alg, State.ACTIVE)
        fresh = _activate(_find(alg, State.NEXT) or _create(alg, State.NEXT))
        if emergency and old is not None:
            _retire(old.kid, "emergency")
        return fresh


def retire(kid: str) -> None:
    """Stop publishing a key: every token it signed is refused from now on."""
    with transaction():
        _lock()
        if get_key(kid).state == State.ACTIVE:
            raise Conflict(_ACTIVE_KEY)
        _retire(kid, "asked")


def run_schedule() -> list[str]:
    """Do what is due: publish next keys ahead, promote them, retire old ones; return what was done."""
    done = []
    with transaction() as session:
        _lock()
        keys, moment = settings().keys, now()
        for active in session.execute(select(SigningKey).where(SigningKey.state == State.ACTIVE)).scalars().all():
            ends = (active.activated_at or active.created_at) + keys.rotate_every
            waiting = _find(active.alg, State.NEXT)
            if waiting is None and ends - keys.publish_ahead <= moment:
                done.append(f"published {_create(active.alg, State.NEXT).kid}")
            elif waiting is not None and ends <= moment and waiting.created_at + keys.publish_ahead <= moment:
                done.append(f"promoted {_activate(waiting).kid}")
        spent = select(SigningKey.kid).where(SigningKey.state == State.VERIFY_ONLY, SigningKey.retire_at <= moment)
        for kid in session.execute(spent).scalars().all():
            _retire(kid, "schedule")
            done.append(f"retired {kid}")
    return done


def _lock() -> None:
    # SQLite's write transaction is the lock already.
    if is_postgresql():
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _find(alg: str, state: State) -> SigningKey | None:
    return db.session.execute(
        select(SigningKey).where(SigningKey.alg == alg, SigningKey.state == state)
    ).scalar_one_or_none()


def _create(alg: str, state: State) -> SigningKey:
    row = new_row(alg, state)
    db.session.add(row)
    db.session.flush()
    record(Tag.KEY_CREATED, subject=f"key:{row.kid}", alg=alg)
    publish("key", row.kid)
    return row


def _activate(row: SigningKey) -> SigningKey:
    moment = now()
    db.session.execute(
        update(SigningKey)
        .where(SigningKey.alg == row.alg, SigningKey.state == State.ACTIVE)
        .values(state=State.VERIFY_ONLY, retire_at=moment + _KEPT)
    )
    db.session.execute(
        update(SigningKey).where(SigningKey.kid == row.kid).values(state=State.ACTIVE, activated_at=moment)
    )
    record(Tag.KEY_PROMOTED, subject=f"key:{row.kid}", alg=row.alg)
    publish("key", row.kid)
    return row


def _retire(kid: str, reason: str) -> None:
    db.session.execute(update(SigningKey).where(SigningKey.kid == kid).values(state=State.RETIRED, retired_at=now()))
    record(Tag.KEY_RETIRED, subject=f"key:{kid}", reason=reason)
    publish("key", kid)
