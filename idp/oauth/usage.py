"""Who uses an API or a scope: the apps that may ask for it, the people who gave it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, literal, or_, select

from idp.clients.models import Client
from idp.clients.service import list_clients
from idp.core.db import db
from idp.oauth.tokens.models import Grant

MOST = 1000
"""How far grants are counted: more is «more than a thousand»."""
_BATCH = 500


def clients_of_api(identifier: str) -> list[Client]:
    """List the apps that may ask for tokens of an API, or check them."""
    return _clients(lambda client: identifier in client.allowed_apis)


def clients_of_scopes() -> dict[str, list[Client]]:
    """List the apps that may ask for each scope."""
    found: dict[str, list[Client]] = {}
    for client in _clients(lambda _client: True):
        for name in client.scopes:
            found.setdefault(name, []).append(client)
    return found


def count_grants_of_scope(name: str) -> int:
    """Count the live grants that hold a scope, up to `MOST` and one."""
    fits = or_(*(Grant.scope.like(pattern, escape="\\") for pattern in _patterns(name)))
    some = select(literal(1)).select_from(Grant).where(Grant.revoked_at.is_(None), fits).limit(MOST + 1).subquery()
    return int(db.session.execute(select(func.count()).select_from(some)).scalar_one())


def _patterns(name: str) -> list[str]:
    safe = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return [safe, f"{safe} %", f"% {safe}", f"% {safe} %"]


def _clients(fits: Callable[[Any], bool]) -> list[Client]:
    found: list[Client] = []
    last = ""
    while rows := list_clients(limit=_BATCH, after=last):
        found += [row for row in rows if fits(row)]
        last = rows[-1].id
    return found
