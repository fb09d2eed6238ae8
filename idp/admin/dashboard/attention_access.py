"""What needs attention about owners, apps and their secrets."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from sqlalchemy import Text, cast, select

from idp.access.guards import owners
from idp.accounts.models import User
from idp.admin.dashboard.points import Point
from idp.clients import listing
from idp.clients.models import Client
from idp.core.db import db
from idp.core.settings import is_loopback, settings

PEOPLE, CLIENTS = "admin.users.read", "admin.clients.read"
_SHOWN, _MOST = 5, 200


def find_points() -> Iterator[Point]:
    """Ask after everything."""
    for ask in (_owners, _unused_apps, _secrets, _addresses):
        yield from ask()


def _owners() -> Iterator[Point]:
    people = list(db.session.execute(select(User).where(User.id.in_(owners.list_owner_ids())).limit(_MOST)).scalars())
    present = [person for person in people if person.is_active]
    if not present:
        yield Point(
            "owners", _l("Nobody who can sign in is an owner."), _l("See the people"), "admin.users", PEOPLE,
        )  # fmt: skip
    temporary = [person for person in present if person.must_change_password]
    if temporary:
        yield _about("temporary", temporary, _l("Owners with a password that somebody else chose: %(names)s.",
                                                names=_some(person.email for person in temporary)))  # fmt: skip
    bare = [person for person in present if not person.has_second_step]
    if bare:
        yield _about("second-step", bare, _l("Owners without a second step: %(names)s.",
                                             names=_some(person.email for person in bare)))  # fmt: skip


def _about(name: str, people: list[User], says: Any) -> Point:
    if len(people) == 1:
        return Point(name, says, _l("See the person"), "admin.user", PEOPLE, {"user_id": people[0].id})
    return Point(name, says, _l("See the people"), "admin.users", PEOPLE, {"role": "owner"})


def _unused_apps() -> Iterator[Point]:
    if rows := listing.find_clients(listing.Wanted(unused=True, state="on", limit=_SHOWN + 1)):
        yield Point(
            "unused", _l("Apps that nobody has used for 90 days: %(names)s.", names=_some(row.name for row in rows)),
            _l("See the apps"), "admin.clients", CLIENTS, {"unused": "yes", "state": "on"},
        )  # fmt: skip


def _secrets() -> Iterator[Point]:
    if rows := listing.find_ending(_SHOWN + 1):
        yield Point(
            "secrets",
            _l("Apps whose secret has ended or ends within 14 days: %(names)s.", names=_some(row.name for row in rows)),
            _l("Add a secret"), "admin.client_secrets", CLIENTS, {"client_id": rows[0].id},
        )  # fmt: skip


def _addresses() -> Iterator[Point]:
    """Name apps whose codes can be read on their way, or come to whatever listens on the person's own machine."""
    if settings().development:
        return
    query = select(Client.id, Client.name, Client.type, Client.redirect_uris).where(Client.disabled_at.is_(None))
    # Few apps have such an address: the database leaves the others out.
    query = query.where(cast(Client.redirect_uris, Text).like('%"http:%'))
    rows = db.session.execute(query.order_by(Client.id).limit(_MOST)).all()
    bad = [row for row in rows if any(_is_risky(uri, row.type) for uri in row.redirect_uris)]
    if bad:
        yield Point(
            "addresses",
            _l("Apps with redirect addresses that are not safe: %(names)s.", names=_some(row.name for row in bad)),
            _l("Change the addresses"), "admin.edit_client", "admin.clients.write", {"client_id": bad[0].id},
        )  # fmt: skip


def _is_risky(uri: str, kind: str) -> bool:
    """Tell whether an address is not https; an app on a person's own machine may listen there (RFC 8252 §7.3)."""
    parts = urlsplit(uri)
    return parts.scheme == "http" and not (kind == "native" and is_loopback(parts.hostname))


def _some(names: Any) -> str:
    """Name the first few."""
    found = list(names)
    return ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
