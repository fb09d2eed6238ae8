"""Browsers that go without the second step for a while: never without the first, nor where an app asks for two."""

from collections.abc import Iterable

from sqlalchemy import func, select, update

from idp.authn.models import TrustedBrowser
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.secrets import digest
from idp.core.settings import settings


def is_trusted(user_id: str, tokens: Iterable[str]) -> bool:
    """Tell whether one of a browser's tokens says that this person trusts it."""
    digests = [digest(token) for token in tokens]
    if not digests or not settings().second_step.allow_trust:
        return False
    query = select(TrustedBrowser.id).where(
        TrustedBrowser.user_id == user_id,
        TrustedBrowser.digest.in_(digests),
        TrustedBrowser.revoked_at.is_(None),
        TrustedBrowser.expires_at > now(),
    )
    return db.session.execute(query).first() is not None


def count(user_id: str) -> int:
    """Return how many browsers go without the second step of a person."""
    query = select(func.count()).where(
        TrustedBrowser.user_id == user_id, TrustedBrowser.revoked_at.is_(None), TrustedBrowser.expires_at > now()
    )
    return int(db.session.execute(query).scalar_one())


def revoke_all(user_id: str) -> int:
    """Let no browser of a person go without the second step any more; return how many did."""
    statement = (
        update(TrustedBrowser)
        .where(TrustedBrowser.user_id == user_id, TrustedBrowser.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(TrustedBrowser.id)
        .execution_options(synchronize_session=False)
    )
    with transaction() as session:
        return len(session.execute(statement).all())
