"""Browsers a person has signed in with before."""

from datetime import timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from idp.core.clock import now
from idp.core.context import context
from idp.core.db import db, is_postgresql, transaction
from idp.core.retention import kept
from idp.core.secrets import digest
from idp.sessions.models import KnownBrowser

FAMILIAR_FOR = timedelta(days=90)
"""A browser that was not used for longer is met like a new one."""
_KEPT = kept(_l("Browsers in which a person signed in"), timedelta(days=400))


class Familiarity(StrEnum):
    """How well an account knows a browser at a sign-in."""

    FIRST = "first"
    """No browser was ever known for the account."""
    NEW = "new"
    KNOWN = "known"


def browser_digest() -> str:
    """Return what the database keeps of the present browser's id; of none, the digest of nothing."""
    return digest(context().browser_id or "")


def is_known(user_id: str) -> bool:
    """Tell whether a person has signed in with the present browser lately."""
    query = select(KnownBrowser.user_id).where(
        KnownBrowser.user_id == user_id,
        KnownBrowser.browser_digest == browser_digest(),
        KnownBrowser.last_seen_at > now() - FAMILIAR_FOR,
    )
    return context().browser_id is not None and db.session.execute(query).first() is not None


def remember(user_id: str) -> Familiarity:
    """Write down that a person uses the present browser; return how well it was known before."""
    moment = now()
    with transaction() as session:
        query = select(KnownBrowser.browser_digest, KnownBrowser.last_seen_at).where(KnownBrowser.user_id == user_id)
        seen = {row.browser_digest: row.last_seen_at for row in session.execute(query)}
        into = postgresql.insert if is_postgresql() else sqlite.insert
        session.execute(
            into(KnownBrowser)
            .values(user_id=user_id, browser_digest=browser_digest(), first_seen_at=moment, last_seen_at=moment)
            .on_conflict_do_update(
                index_elements=[KnownBrowser.user_id, KnownBrowser.browser_digest], set_={"last_seen_at": moment}
            )
        )
    if not seen:
        return Familiarity.FIRST
    last = seen.get(browser_digest())
    return Familiarity.KNOWN if last is not None and last > moment - FAMILIAR_FOR else Familiarity.NEW


def forget_all(user_id: str, *, but_this: bool = False) -> None:
    """Meet the browsers of a person as strangers again; that there were some is not forgotten."""
    long_ago = now() - FAMILIAR_FOR
    statement = update(KnownBrowser).where(KnownBrowser.user_id == user_id, KnownBrowser.last_seen_at > long_ago)
    if but_this:
        statement = statement.where(KnownBrowser.browser_digest != browser_digest())
    with transaction() as session:
        session.execute(statement.values(last_seen_at=long_ago).execution_options(synchronize_session=False))


def sweep() -> int:
    """Delete browsers not used for over a year; the last one stays: the next sign-in is not a person's first."""
    newer = aliased(KnownBrowser)
    has_newer = exists().where(newer.user_id == KnownBrowser.user_id, newer.last_seen_at > KnownBrowser.last_seen_at)
    statement = delete(KnownBrowser).where(KnownBrowser.last_seen_at < now() - _KEPT, has_newer)
    with transaction() as session:
        result = session.execute(statement.execution_options(synchronize_session=False))
        return int(result.rowcount)  # type: ignore[attr-defined]
