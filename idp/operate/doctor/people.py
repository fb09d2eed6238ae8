"""The doctor's questions about owners, apps and their secrets."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import select

from idp.access import service as access
from idp.access.errors import LastOwner
from idp.clients.listing import find_ending
from idp.clients.models import Client
from idp.core.db import db
from idp.core.settings import is_loopback, settings
from idp.operate.doctor.finding import Finding, look, well
from idp.rollups import service as rollups

_SOON = timedelta(days=30)
_SHOWN = 5


def owners() -> Iterator[Finding]:
    """Ask whether somebody may do everything."""
    try:
        access.check_owner_remains()
    except LastOwner:
        yield look(
            "owners", "nobody", why="Only the command line can administer this server.",
            fix="Run: idp user add --email you@example.com --role owner",
        )  # fmt: skip
        return
    yield well("owners", "at least one can sign in")


def apps() -> Iterator[Finding]:
    """Look for redirect addresses that carry codes over a readable network."""
    rows = db.session.execute(select(Client.id, Client.redirect_uris).where(Client.disabled_at.is_(None))).all()
    loose = [f"{client_id} {uri}" for client_id, uris in rows for uri in uris if _is_readable(uri)]
    if loose and not settings().development:
        yield look(
            "apps", f"{len(loose)} redirect addresses without https: {', '.join(loose[:_SHOWN])}",
            why="A code could be read on its way.", fix="Run: idp client edit --redirect-uri https://…",
            doc="docs/how-to/add-a-client.md",
        )  # fmt: skip
    else:
        yield well("apps", f"{len(rows)} registered")


def secrets() -> Iterator[Finding]:
    """Look for apps whose last secret has ended or ends soon."""
    ending = [row.id for row in find_ending(_SHOWN, _SOON)]
    if ending:
        yield look(
            "secrets", f"end within 30 days: {', '.join(ending)}", why="These apps will be refused.",
            fix=f"Run: idp client secret add {ending[0]}", doc="docs/how-to/add-a-client.md",
        )  # fmt: skip
    else:
        yield well("secrets", "none of an app ends within 30 days")


def guesses() -> Iterator[Finding]:
    """Look for a day with far more failed sign-ins than usual."""
    found = rollups.spike()
    if found:
        yield look(
            "guesses", f"{found[0]} failed sign-ins today, {found[1]} on a usual day", why="Somebody may be guessing.",
            fix="Look at the trail: idp audit list --event login.failed",
        )  # fmt: skip
    else:
        yield well("guesses", "no more failed sign-ins than usual")


def _is_readable(uri: str) -> bool:
    parts = urlsplit(uri)
    return parts.scheme == "http" and not is_loopback(parts.hostname)
