"""Browsers that go without the second step for a while: never without the first, nor where an app asks for two."""

from collections.abc import Iterable
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, func, or_, select, update

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.authn.models import TrustedBrowser
from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, transaction
from idp.core.errors import NotFound
from idp.core.retention import kept
from idp.core.secrets import digest, random_token
from idp.core.settings import settings

_KEPT = kept(_l("Trusted browsers that were taken back"), timedelta(days=30))
"""How long it is remembered that a browser was trusted."""


def is_trusted(user_id: str, tokens: Iterable[str]) -> bool:
    """Tell whether one of a browser's tokens says that this person trusts it."""
    digests = [digest(token) for token in tokens]
    if not digests or not settings().second_step.allow_trust:
        return False
    query = select(TrustedBrowser.id).where(
        TrustedBrowser.user_id == user_id, TrustedBrowser.digest.in_(digests), *_alive()
    )
    return db.session.execute(query).first() is not None


def note_use(user_id: str, tokens: Iterable[str]) -> None:
    """Write down that a browser was let off the second step just now."""
    digests = [digest(token) for token in tokens]
    statement = update(TrustedBrowser).where(TrustedBrowser.user_id == user_id, TrustedBrowser.digest.in_(digests))
    with transaction() as session:
        session.execute(statement.values(last_used_at=now()).execution_options(synchronize_session=False))


def trust(user_id: str) -> str:
    """Let the present browser go without the second step of a person for a while; return the token it keeps."""
    token, edge = random_token(), context()
    with transaction() as session:
        session.add(
            TrustedBrowser(
                user_id=user_id, digest=digest(token), ip=edge.ip, user_agent=(edge.user_agent or "")[:400] or None,
                expires_at=now() + settings().second_step.trust,
            )
        )  # fmt: skip
        record(Tag.BROWSER_TRUSTED, actor=f"user:{user_id}", subject=f"user:{user_id}")
    return token


def list_trusted(user_id: str) -> list[TrustedBrowser]:
    """List the browsers that go without the second step of a person, the newest first."""
    query = select(TrustedBrowser).where(TrustedBrowser.user_id == user_id, *_alive())
    return list(db.session.execute(query.order_by(TrustedBrowser.id.desc())).scalars())


def revoke(user_id: str, browser_id: str) -> None:
    """Let one browser not go without the second step any more; raise NotFound."""
    if not _revoke(TrustedBrowser.user_id == user_id, TrustedBrowser.id == browser_id):
        raise NotFound(_l("That browser is not trusted any more."))


def sweep() -> int:
    """Delete what is over; return how many."""
    statement = delete(TrustedBrowser).where(
        or_(TrustedBrowser.expires_at <= now(), TrustedBrowser.revoked_at <= now() - _KEPT)
    )
    with transaction() as session:
        return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def count(user_id: str) -> int:
    """Return how many browsers go without the second step of a person."""
    query = select(func.count()).where(TrustedBrowser.user_id == user_id, *_alive())
    return int(db.session.execute(query).scalar_one())


def revoke_all(user_id: str) -> int:
    """Let no browser of a person go without the second step any more; return how many did."""
    return _revoke(TrustedBrowser.user_id == user_id)


def _revoke(*conditions: ColumnElement[bool]) -> int:
    statement = (
        update(TrustedBrowser)
        .where(TrustedBrowser.revoked_at.is_(None), *conditions)
        .values(revoked_at=now())
        .returning(TrustedBrowser.user_id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        owners = [row.user_id for row in session.execute(statement)]
        for user_id in set(owners):
            record(Tag.BROWSER_DISTRUSTED, subject=f"user:{user_id}", count=owners.count(user_id))
    return len(owners)


def _alive() -> list[ColumnElement[bool]]:
    return [TrustedBrowser.revoked_at.is_(None), TrustedBrowser.expires_at > now()]
