"""When things happen to a key: how long it signs, when everybody knows it, and when its last token is dead."""

from datetime import datetime, timedelta

from idp.core.settings import settings
from idp.keyring.models import SigningKey, State

PUBLISHED_BEFORE_SIGNING = timedelta(minutes=15)
"""A key is published at least this long before it signs: longer than others may keep the key set."""
LONGEST_TOKEN = timedelta(days=1)
"""No access token of any client or API lives longer."""


def signs_until(active: SigningKey) -> datetime:
    """Tell when an active key has signed long enough."""
    return (active.activated_at or active.created_at) + settings().keys.rotate_every


def tokens_since(row: SigningKey) -> datetime | None:
    """Tell since when there can be tokens of a key from here; None for one that signed none, or whose are refused."""
    return row.activated_at if row.state in {State.ACTIVE, State.VERIFY_ONLY} else None


def tokens_until(row: SigningKey) -> datetime | None:
    """Tell when the last token that a key signs or signed is dead at the latest; None for one that signs none.

    Of a key that never signed here it is how long it is published for what was signed elsewhere.
    """
    if row.state == State.ACTIVE:
        return signs_until(row) + verification_time()
    return row.retire_at if row.state == State.VERIFY_ONLY else None


def known_at(waiting: SigningKey) -> datetime:
    """Tell when everybody can be expected to know a next key."""
    return waiting.created_at + PUBLISHED_BEFORE_SIGNING


def verification_time() -> timedelta:
    """Return how long the tokens of a key are shown to us: access tokens for a day, ID token hints while one is in."""
    sessions, tokens = settings().sessions, settings().tokens
    return max(LONGEST_TOKEN, sessions.absolute, sessions.remember, tokens.access, tokens.identity)
