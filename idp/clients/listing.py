"""Lists of apps, filtered and searched, with what is worth knowing of each at a glance."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from idp.clients.models import Client, ClientSecret
from idp.clients.types import KEYS, SECRET_METHODS, TYPES
from idp.core.clock import now
from idp.core.db import db
from idp.core.keyset import begins_with, by_bytes, count_some, lowered, page_of
from idp.rollups import service as rollups

STATES = ("on", "off")
UNUSED = timedelta(days=90)
"""An app that is older and was not used for so long counts as unused."""
SOON = timedelta(days=14)
_MOST_MATCHES = 300


@dataclass(frozen=True)
class Wanted:
    """Which apps, beside which."""

    search: str = ""
    """The start of a name or an id."""
    type: str = ""
    state: str = ""
    unused: bool = False
    after: str = ""
    before: str = ""
    limit: int = 50


@dataclass(frozen=True)
class Line:
    """One app in the list."""

    id: str
    client: Client
    secrets: str
    """How it proves itself: `ok`, `soon` when the last secret ends soon, `none`, `keys`, or `public`."""
    last_used: date | None

    @property
    def signs_people_in(self) -> bool:
        """Whether people sign in with it, and so are asked for consent unless it is ours."""
        return bool(TYPES[self.client.type].scopes)


def find_clients(wanted: Wanted) -> list[Client]:
    """List apps by id."""
    query = _filtered(select(Client), wanted)
    if wanted.search:
        query = query.where(Client.id.in_(_matches(wanted)))
    beside = [wanted.before or wanted.after] if wanted.before or wanted.after else None
    page = page_of(query, [Client.id], beside, descending=False, backwards=bool(wanted.before), limit=wanted.limit)
    return list(db.session.execute(page).scalars())


def find_ending(limit: int, within: timedelta = SOON) -> list[Client]:
    """List the apps that are on and whose last secret ends soon or has ended, by id.

    One that has another secret is in rotation.
    """
    moment = now()
    ends, owner = ClientSecret.expires_at, select(ClientSecret.client_id)
    ending = Client.id.in_(owner.where(ends <= moment + within))
    stays = owner.where(ClientSecret.client_id == Client.id, or_(ends.is_(None), ends > moment + within)).exists()
    query = select(Client).where(Client.disabled_at.is_(None), ending, ~stays)
    return list(db.session.execute(query.order_by(Client.id).limit(limit)).scalars())


def count_clients(wanted: Wanted, most: int) -> int | None:
    """Count the apps a list means, up to `most` and one; None where that would look at each of them."""
    if wanted.search or wanted.unused:
        return None
    return count_some(_filtered(select(Client.id), wanted), Client.id, most)


def describe(rows: Sequence[Client]) -> list[Line]:
    """Say of each app how it proves itself and when it was last used."""
    ids = [row.id for row in rows]
    secrets = _secrets_of(ids)
    used = last_used(ids)
    return [Line(row.id, row, _secret_state(row, secrets.get(row.id, [])), used.get(row.id)) for row in rows]


def last_used(client_ids: Collection[str]) -> dict[str, date]:
    """Return the last day on which each app got a token, signed somebody in or proved itself by a secret."""
    found = rollups.last_days(rollups.CLIENT, client_ids)
    query = select(ClientSecret.client_id, func.max(ClientSecret.last_used_at))
    query = query.where(ClientSecret.client_id.in_(client_ids), ClientSecret.last_used_at.is_not(None))
    for client_id, moment in db.session.execute(query.group_by(ClientSecret.client_id)):
        found[client_id] = max(_day(moment), found.get(client_id, date.min))
    return found


def _day(moment: datetime | None) -> date:
    return moment.date() if moment else date.min


def _filtered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.type in TYPES:
        query = query.where(Client.type == wanted.type)
    if wanted.state in STATES:
        off = Client.disabled_at
        query = query.where(off.is_(None) if wanted.state == "on" else off.is_not(None))
    return query.where(*_is_unused()) if wanted.unused else query


def _is_unused() -> list[ColumnElement[bool]]:
    since = now() - UNUSED
    newest = select(func.max(ClientSecret.last_used_at)).where(ClientSecret.client_id == Client.id).scalar_subquery()
    secret_unused = func.coalesce(newest < since, True)
    return [Client.created_at < since, ~rollups.was_counted(rollups.CLIENT, Client.id, since.date()), secret_unused]


def _matches(wanted: Wanted) -> set[str]:
    """Return the ids of the apps a search means: one read of an index for each column."""
    typed, name = wanted.search.lower(), lowered(wanted.search)
    found = set[str]()
    for column, start in ((func.lower(Client.name), name), (Client.id, wanted.search), (Client.id, typed)):
        query = _filtered(select(Client.id).where(begins_with(column, start)), wanted)
        found.update(db.session.execute(query.order_by(by_bytes(column)).limit(_MOST_MATCHES)).scalars())
    return found


def _secrets_of(client_ids: Collection[str]) -> dict[str, list[ClientSecret]]:
    found: dict[str, list[ClientSecret]] = {}
    for row in db.session.execute(select(ClientSecret).where(ClientSecret.client_id.in_(client_ids))).scalars():
        found.setdefault(row.client_id, []).append(row)
    return found


def _secret_state(row: Client, secrets: Sequence[ClientSecret]) -> str:
    if row.token_endpoint_auth_method == KEYS:
        return "keys"
    if row.token_endpoint_auth_method not in SECRET_METHODS:
        return "public"
    ends = [secret.expires_at for secret in secrets]
    if None in ends:
        return "ok"
    latest = max((end for end in ends if end is not None), default=None)
    if latest is None or latest <= now():
        return "none"
    return "soon" if latest <= now() + SOON else "ok"
