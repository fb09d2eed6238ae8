"""Who uses an API, a scope or a role: the apps that may ask for it or let in by it, the grants that hold it."""

import json
from collections import Counter
from dataclasses import dataclass

from flask_babel import ngettext
from sqlalchemy import String, cast, func, select

from idp.clients import uses
from idp.clients.models import Client
from idp.clients.uses import API, SCOPE, Use
from idp.core.db import db
from idp.oauth.tokens.models import Grant

NEWEST = 2_000
"""Among so many grants, the newest, the live ones that hold a scope are counted."""
SHOWN = 5
"""So many apps are named where many could be."""
MOST = 10_000
"""So many apps are counted on a page that lists them; one more stands for more."""


@dataclass(frozen=True)
class Users:
    """The apps that use something: id and name of the first, by id, and how many there are, up to `MOST` and one."""

    first: list[tuple[str, str]]
    count: int

    @property
    def others(self) -> int | None:
        """How many there are beside the first; None where nobody counted so far."""
        return self.count - len(self.first) if self.count <= MOST else None


def clients_of_api(identifier: str, shown: int) -> Users:
    """Return the apps that may ask for tokens of an API, or check them, the first `shown` of them by name."""
    return _users(((API, identifier),), shown)


def clients_of_permission(identifier: str, name: str, shown: int) -> Users:
    """Return the apps that may ask for a permission of an API."""
    return _users(permission(identifier, name), shown)


def lost_with_permission(identifier: str, name: str) -> list[str]:
    """Say in sentences which apps and grants miss a permission of an API that is gone."""
    clients = uses.count_using(permission(identifier, name))
    grants = grants_of_scopes()[name]
    return [
        ngettext("%(num)s app asks for it, and gets it no more.", "%(num)s apps ask for it, and get it no more.",
                 clients),
        ngettext("%(num)s live grant of the newest %(newest)s names it.",
                 "%(num)s live grants of the newest %(newest)s name it.", grants, newest=NEWEST),
    ]  # fmt: skip


def clients_of_role(name: str) -> list[str]:
    """List the names of the apps that let in only who has one of some roles, this one among them.

    The lists themselves are read: a role that an app still names must not go because a row is missing.
    """
    roles = cast(Client.allowed_roles, String)
    # Quoted as JSON keeps it, a name is found whole.
    query = select(Client.name).where(roles.contains(json.dumps(name), autoescape=True))
    return list(db.session.execute(query.order_by(Client.id)).scalars())


def count_clients_of_api(identifier: str) -> int:
    """Count the apps that may ask for tokens of an API, or check them."""
    return uses.count_using(((API, identifier),))


def permission(identifier: str, name: str) -> Use:
    """Return what an app has that may ask for a permission of an API."""
    return (SCOPE, name), (API, identifier)


def clients_of_each(wanted: list[Use]) -> list[Users]:
    """Return the apps of each of several uses, for a page that lists them."""
    return [Users(first, count) for first, count in uses.summed(wanted, SHOWN, MOST + 1)]


def grants_of_scopes() -> Counter[str]:
    """Count the live grants that hold each scope, among the newest `NEWEST`: one read, however many there are."""
    newest = select(Grant.scope, Grant.revoked_at).order_by(Grant.id.desc()).limit(NEWEST).subquery()
    query = select(newest.c.scope, func.count()).where(newest.c.revoked_at.is_(None)).group_by(newest.c.scope)
    found = Counter[str]()
    for scope, number in db.session.execute(query):
        found.update(dict.fromkeys(scope.split(), number))
    return found


def _users(use: Use, shown: int) -> Users:
    return Users(uses.clients_using(use, shown), uses.count_using(use, MOST + 1))
