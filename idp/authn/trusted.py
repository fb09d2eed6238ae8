"""Browsers that go without the second step for a while: never without the first, nor where an app asks for two."""

from collections.abc import Iterable

from sqlalchemy import select

from idp.authn.models import TrustedBrowser
from idp.core.clock import now
from idp.core.db import db
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
