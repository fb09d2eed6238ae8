"""Who uses an API, a scope or a role: the apps that may ask for it or let in by it, the grants that hold it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import ngettext
from sqlalchemy import String, cast, func, select

from idp.clients.models import Client
from idp.core.db import db
from idp.oauth.tokens.models import Grant

NEWEST = 2_000
"""Among so many grants, the newest, the live ones that hold a scope are counted."""
SHOWN = 5
"""So many apps are named where many could be."""
_BATCH = 1000


@dataclass(frozen=True)
class App:
    """An app, as far as its use of scopes and APIs goes."""

    id: str
    name: str
    scopes: tuple[str, ...]
    apis: tuple[str, ...]


def clients_of_api(identifier: str) -> list[App]:
    """List the apps that may ask for tokens of an API, or check them."""
    return [app for app in _apps(identifier) if identifier in app.apis]


def clients_of_permission(identifier: str, name: str) -> list[App]:
    """List the apps that may ask for a permission of an API."""
    return [app for app in clients_of_api(identifier) if name in app.scopes]


def lost_with_permission(identifier: str, name: str) -> list[str]:
    """Say in sentences which apps and grants miss a permission of an API that is gone."""
    clients, grants = clients_of_permission(identifier, name), grants_of_scopes()[name]
    return [
        ngettext("%(num)s app asks for it, and gets it no more.", "%(num)s apps ask for it, and get it no more.",
                 len(clients)),
        ngettext("%(num)s live grant of the newest %(newest)s names it.",
                 "%(num)s live grants of the newest %(newest)s name it.", grants, newest=NEWEST),
    ]  # fmt: skip


def clients_of_role(name: str) -> list[str]:
    """List the names of the apps that let in only who has one of some roles, this one among them."""
    roles = cast(Client.allowed_roles, String)
    # Quoted as JSON keeps it, a name is found whole.
    query = select(Client.name).where(roles.contains(json.dumps(name), autoescape=True))
    return list(db.session.execute(query.order_by(Client.id)).scalars())


@dataclass(frozen=True)
class Alike:
    """Apps whose scopes and APIs read alike: how many they are, and the first `SHOWN` of them."""

    scopes: tuple[str, ...]
    apis: tuple[str, ...]
    count: int
    first: tuple[tuple[str, str], ...]
    """The id and the name of each."""


def alike_apps() -> list[Alike]:
    """Sort the apps by what they may ask for: thousands of apps have few such lists between them."""
    scopes, apis = cast(Client.scopes, String).label("scopes"), cast(Client.allowed_apis, String).label("apis")
    place = func.row_number().over(partition_by=(scopes, apis), order_by=Client.id).label("place")
    every = select(scopes, apis, Client.id, Client.name, place).subquery()
    query = select(every.c.scopes, every.c.apis, every.c.id, every.c.name).where(every.c.place <= SHOWN)
    first: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for scope_list, api_list, client_id, name in db.session.execute(query.order_by(every.c.id)):
        first.setdefault((scope_list, api_list), []).append((client_id, name))
    # A second read: SQLite counts within a window by walking over it twice.
    counts = db.session.execute(select(scopes, apis, func.count()).group_by(scopes, apis))
    return [
        Alike(tuple(json.loads(one)), tuple(json.loads(other)), count, tuple(first.get((one, other), ())))
        for one, other, count in counts
    ]


def grants_of_scopes() -> Counter[str]:
    """Count the live grants that hold each scope, among the newest `NEWEST`: one read, however many there are."""
    newest = select(Grant.scope, Grant.revoked_at).order_by(Grant.id.desc()).limit(NEWEST).subquery()
    query = select(newest.c.scope, func.count()).where(newest.c.revoked_at.is_(None)).group_by(newest.c.scope)
    found = Counter[str]()
    for scope, number in db.session.execute(query):
        found.update(dict.fromkeys(scope.split(), number))
    return found


def _apps(api: str) -> Iterator[App]:
    """Walk over the apps whose APIs may have one among them; lists that read alike are parsed once."""
    lists: dict[str, tuple[str, ...]] = {}
    scopes, apis = cast(Client.scopes, String), cast(Client.allowed_apis, String)
    query = select(Client.id, Client.name, scopes, apis).order_by(Client.id).limit(_BATCH)
    query = query.where(apis.contains(api, autoescape=True))
    last = ""
    while rows := db.session.execute(query.where(Client.id > last)).all():
        last = rows[-1][0]
        for client_id, name, *texts in rows:
            for text in texts:
                if text not in lists:
                    lists[text] = tuple(json.loads(text))
            yield App(client_id, name, lists[texts[0]], lists[texts[1]])
