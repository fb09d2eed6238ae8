"""Whom a filter means: the trail writes `user:01J…`, people write an address, a user name or the name of an app.

The rooms above say who is called so: the trail knows nobody.
"""

import re
from collections.abc import Callable, Collection
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from idp.audit.models import Event
from idp.core.db import db
from idp.core.errors import DomainError

Finder = Callable[[str], Collection[str]]
PEOPLE, APPS = "user", "client"
KINDS = frozenset({PEOPLE, APPS})
_SEEN_BY = {PEOPLE: "admin.users.read", APPS: "admin.clients.read"}
_AS_WRITTEN = re.compile(r"[a-z_-]+:\S+")
_finders: dict[str, Finder] = {}


class UnknownName(DomainError):
    """Nobody is called so: no event can be about them."""

    exit_code = 3

    def __init__(self, field: str) -> None:
        super().__init__(_l("There is nobody and no app of this name, or you may not look for it."), field=field)


class SharedName(DomainError):
    """More than one is called so."""

    def __init__(self, field: str) -> None:
        super().__init__(_l("More than one has this name. Write the id instead."), field=field)


def finds(kind: str) -> Callable[[Finder], Finder]:
    """Register the function that returns the ids of those of a kind who are called so."""

    def register(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return register


def kinds_seen(may: Callable[[str], bool]) -> frozenset[str]:
    """Return the kinds whose names somebody may look for, who has the permissions of which `may` tells."""
    return frozenset(kind for kind, permission in _SEEN_BY.items() if may(permission))


def read_names(wanted: dict[str, Any], kinds: Collection[str] = KINDS) -> dict[str, Any]:
    """Return fields of `Wanted` as the trail writes them; `kinds` are those whose names the asker may look for.

    Raises UnknownName and SharedName.
    """
    found = dict(wanted)
    for field in ("actor", "subject"):
        if text := wanted.get(field):
            meant = [f"{kind}:{one}" for kind in sorted(kinds) for one in _finders[kind](text)]
            # Names may look as if the trail wrote them.
            found[field] = text if not meant and _AS_WRITTEN.fullmatch(text) else _one(field, text, meant)
    if text := wanted.get("client_id"):
        found["client_id"] = _one("client_id", text, _finders[APPS](text) if APPS in kinds else ())
    return found


def _one(field: str, text: str, found: Collection[str]) -> str:
    """Return the only one found; where there is none, what some event says in these very words, as of an app gone."""
    if len(found) > 1:
        raise SharedName(field)
    if found:
        return next(iter(found))
    if db.session.execute(select(Event.id).where(getattr(Event, field) == text).limit(1)).first() is None:
        raise UnknownName(field)
    return text
