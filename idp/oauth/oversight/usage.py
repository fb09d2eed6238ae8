"""Who uses an API, a scope or a role: the apps that may ask for it or let in by it, the grants that hold it."""

from collections import Counter
from dataclasses import dataclass

from flask_babel import ngettext
from sqlalchemy import func, select

from idp.clients import uses
from idp.clients.uses import API, ROLE, SCOPE, Use
from idp.core.db import db
from idp.oauth.tokens.models import Grant

NEWEST = 2_000
"""Among so many grants, the newest, the live ones that hold a scope are counted."""
SHOWN = 5
"""So many apps are named where many could be."""
MOST = 10_000
"""So many apps are counted."""


@dataclass(frozen=True)
class Users:
    """The apps that use something: id and name of the first, by id, and how many there are, up to `MOST`."""

    first: list[tuple[str, str]]
    count: int


def clients_of_api(identifier: str, shown: int = SHOWN) -> Users:
    """Return the apps that may ask for tokens of an API, or check them."""
    return _users(((API, identifier),), shown)


def clients_of_permission(identifier: str, name: str, shown: int = SHOWN) -> Users:
    """Return the apps that may ask for a permission of an API."""
    return _users(permission(identifier, name), shown)


def lost_with_permission(identifier: str, name: str) -> list[str]:
    """Say in sentences which apps and grants miss a permission of an API that is gone."""
    clients = uses.count_using(permission(identifier, name), MOST)
    grants = grants_of_scopes()[name]
    return [
        ngettext("%(num)s app asks for it, and gets it no more.", "%(num)s apps ask for it, and get it no more.",
                 clients),
        ngettext("%(num)s live grant of the newest %(newest)s names it.",
                 "%(num)s live grants of the newest %(newest)s name it.", grants, newest=NEWEST),
    ]  # fmt: skip


def clients_of_role(name: str) -> list[str]:
    """Return the names of the first apps that let in only who has one of some roles, this one among them."""
    return [title for _client_id, title in uses.clients_using(((ROLE, name),), MOST)]


def permission(identifier: str, name: str) -> Use:
    """Return what an app has that may ask for a permission of an API."""
    return (SCOPE, name), (API, identifier)


def clients_of_each(wanted: list[Use]) -> list[Users]:
    """Return the apps of each of several uses, for a page that lists them."""
    return [Users(first, count) for first, count in uses.summed(wanted, SHOWN, MOST)]


def grants_of_scopes() -> Counter[str]:
    """Count the live grants that hold each scope, among the newest `NEWEST`: one read, however many there are."""
    newest = select(Grant.scope, Grant.revoked_at).order_by(Grant.id.desc()).limit(NEWEST).subquery()
    query = select(newest.c.scope, func.count()).where(newest.c.revoked_at.is_(None)).group_by(newest.c.scope)
    found = Counter[str]()
    for scope, number in db.session.execute(query):
        found.update(dict.fromkeys(scope.split(), number))
    return found


def _users(use: Use, shown: int) -> Users:
    return Users(uses.clients_using(use, shown), uses.count_using(use, MOST))
