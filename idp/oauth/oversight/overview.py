"""Everybody's sessions and families of refresh tokens, as an operator looks at them and ends them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import distinct, exists, func, select

from idp.access.guards.level import administrators, check_may_act_on
from idp.access.guards.owners import list_owner_ids
from idp.accounts.models import User
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.models import Client
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.errors import NotFound
from idp.core.keyset import count_rows, count_some, page_of
from idp.oauth.tokens.models import Grant, RefreshToken
from idp.oauth.tokens.revoke import revoke_grants
from idp.sessions.models import Session
from idp.sessions.service import alive

REUSED = "refresh token reused"
BY_ADMIN = "revoked by an administrator"
STATES = ("live", "revoked", "reused")
MOST = 500
"""So many grants of an app are looked at to count its people and sessions: more is «more than»."""


@dataclass(frozen=True)
class Family:
    """One line of refresh tokens: what one person allowed one app at one sign-in."""

    id: str
    grant: Grant
    user: User
    client: Client
    rotations: int
    used_at: datetime | None
    is_live: bool

    @property
    def was_reused(self) -> bool:
        """Whether somebody used a token of it a second time, which ended it."""
        return self.grant.revoked_reason == REUSED


@dataclass(frozen=True)
class Reach:
    """How many hold something of an app now."""

    people: int
    sessions: int
    is_more: bool
    """Whether there are more than were counted."""


@dataclass(frozen=True)
class Wanted:
    """Whose, beside which row."""

    user_id: str | None = None
    client_id: str | None = None
    state: str = ""
    risky: bool = False
    """Of sessions: only those that began in a network new to the person after failed tries."""
    after: str = ""
    before: str = ""
    limit: int = 50


def find_sessions(wanted: Wanted) -> Sequence[Any]:
    """List live sessions with their people, the newest first."""
    query = select(Session, User).join(User, User.id == Session.user_id).where(*alive(now()))
    if wanted.user_id is not None:
        query = query.where(Session.user_id == wanted.user_id)
    if wanted.client_id is not None:
        of_app = select(Grant.session_id).where(Grant.client_id == wanted.client_id, Grant.revoked_at.is_(None))
        query = query.where(Session.id.in_(of_app))
    query = query.where(Session.risky) if wanted.risky else query
    return _page(query, Session.id, wanted)


def sessions_of_ids(session_ids: list[str]) -> Sequence[Any]:
    """List those of some sessions that go on, with their people."""
    query = select(Session, User).join(User, User.id == Session.user_id)
    return db.session.execute(query.where(*alive(now()), Session.id.in_(session_ids)).order_by(Session.id)).all()


def count_sessions(wanted: Wanted, most: int) -> int | None:
    """Count the live sessions a list means, up to `most` and one; None where an app's would be looked at one by one."""
    if wanted.client_id is not None:
        return None
    query = select(Session.id).where(*alive(now()))
    if wanted.user_id is not None:
        query = query.where(Session.user_id == wanted.user_id)
    query = query.where(Session.risky) if wanted.risky else query
    return count_some(query, Session.id, most)


def find_grants(wanted: Wanted) -> Sequence[Any]:
    """List what people allowed an app, with the people, the newest first; ended grants too, while they are kept."""
    query = select(Grant, User).join(User, User.id == Grant.user_id).where(Grant.client_id == wanted.client_id)
    return _page(query, Grant.id, wanted)


def find_families(wanted: Wanted) -> list[Family]:
    """List families of refresh tokens, the newest first."""
    query = (
        select(Grant, User, Client)
        .join(User, User.id == Grant.user_id)
        .join(Client, Client.id == Grant.client_id)
        .where(exists().where(RefreshToken.grant_id == Grant.id))
    )
    for column, value in ((Grant.user_id, wanted.user_id), (Grant.client_id, wanted.client_id)):
        query = query.where(column == value) if value is not None else query
    conditions = {
        "live": Grant.revoked_at.is_(None), "revoked": Grant.revoked_at.is_not(None),
        "reused": Grant.revoked_reason == REUSED,
    }  # fmt: skip
    if wanted.state in conditions:
        query = query.where(conditions[wanted.state])
    rows = _page(query, Grant.id, wanted)
    uses = _uses([row[0].id for row in rows])
    return [Family(grant.id, grant, user, client, *uses[grant.id]) for grant, user, client in rows]


def count_families(wanted: Wanted, most: int) -> int | None:
    """Count the families of one person or one app, up to `most` and one; None where more would be looked at."""
    one = [(Grant.user_id, wanted.user_id), (Grant.client_id, wanted.client_id)]
    given = [column == value for column, value in one if value is not None]
    if not given or wanted.state:
        return None
    return count_some(select(Grant.id).where(*given, exists().where(RefreshToken.grant_id == Grant.id)), Grant.id, most)


def revoke_family(grant_id: str, *, client_id: str | None = None) -> None:
    """End one family with all its tokens; raise NotFound when there is none that lives, of that app, Forbidden."""
    grant = db.session.get(Grant, grant_id[:26])
    if grant is None or grant.revoked_at is not None or client_id not in {None, grant.client_id}:
        raise NotFound(_l("There are no such live tokens."))
    check_may_act_on(grant.user_id)
    revoke_grants(BY_ADMIN, grant_id=grant.id)


def count_reach(client_id: str) -> Reach:
    """Count the people who hold live grants of an app, and the live sessions in which they do; of `MOST` grants."""
    some = (
        select(Grant.user_id, Grant.session_id)
        .where(Grant.client_id == client_id, Grant.revoked_at.is_(None))
        .order_by(Grant.id.desc())
        .limit(MOST + 1)
        .subquery()
    )
    people = select(func.count(), func.count(distinct(some.c.user_id))).select_from(some)
    in_them = select(func.count()).select_from(Session)
    in_them = in_them.where(*alive(now()), Session.id.in_(select(some.c.session_id)))
    grants, persons = db.session.execute(people).one()
    return Reach(int(persons), int(db.session.execute(in_them).scalar_one()), is_more=grants > MOST)


def count_grants(client_id: str) -> int:
    """Count what people and the app hold of each other now."""
    live = (Grant.client_id == client_id) & Grant.revoked_at.is_(None)
    return count_rows(select(Grant.id).where(live))


def revoke_all_of_client(client_id: str) -> int:
    """End every grant of an app with its tokens; return how many. Raises Forbidden when one is of somebody above."""
    live = select(Grant.user_id).where(Grant.client_id == client_id, Grant.revoked_at.is_(None))
    for person in db.session.execute(live.where(Grant.user_id.in_(administrators())).distinct()).scalars():
        check_may_act_on(person)
    with transaction():
        ended = len(revoke_grants(BY_ADMIN, client_id=client_id))
        record(Tag.SESSIONS_REVOKED, subject=f"client:{client_id}"[:120], client_id=client_id, grants=ended)
    return ended


def check_may_end_all() -> None:
    """Raise Forbidden unless the operator may act on everybody, owners too."""
    for owner in list_owner_ids():
        check_may_act_on(owner)


def _page(query: Any, key: Any, wanted: Wanted) -> Sequence[Any]:
    beside = [wanted.before or wanted.after] if wanted.before or wanted.after else None
    page = page_of(query, [key], beside, descending=True, backwards=bool(wanted.before), limit=wanted.limit)
    return db.session.execute(page).all()


def _uses(grant_ids: list[str]) -> dict[str, tuple[int, datetime | None, bool]]:
    """Return of each grant how often its token was rotated, when last, and whether one is still good."""
    moment = now()
    query = select(RefreshToken.grant_id, RefreshToken.used_at, RefreshToken.expires_at)
    found: dict[str, tuple[int, datetime | None, bool]] = {}
    for grant_id, used_at, expires_at in db.session.execute(query.where(RefreshToken.grant_id.in_(grant_ids))):
        rotations, last, is_live = found.get(grant_id, (0, None, False))
        if used_at is not None:
            rotations, last = rotations + 1, max(filter(None, [last, used_at]))
        found[grant_id] = (rotations, last, is_live or (used_at is None and expires_at > moment))
    return found
