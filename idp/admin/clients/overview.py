"""What an app is at a glance, and how to sign in through it."""

from datetime import timedelta

from flask import Response, request

from idp.admin.clients.kinds import AUDIT, READ
from idp.admin.clients.tabs import show
from idp.admin.routes import may, page
from idp.audit.service import find_events
from idp.clients import service
from idp.clients.listing import last_used
from idp.clients.snippets import snippet, snippets_of
from idp.core.settings import settings
from idp.i18n.durations import in_words


@page("/clients/<client_id>", READ)
def client(client_id: str) -> Response:
    row = service.get_client(client_id)
    chosen, known = request.args.get("snippet"), snippets_of(row)
    chosen = chosen if chosen in known else next(iter(known))
    return show(
        "client", "detail", row, issuer=settings().issuer, last_used=last_used([row.id]).get(row.id),
        lifetime=_time(row.access_lifetime), max_age=_time(row.default_max_age), snippets=known,
        chosen=chosen, snippet=snippet(row, chosen),
        events=find_events(client_id=row.id, limit=5) if may(AUDIT) else [],
    )  # fmt: skip


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else in_words(timedelta(seconds=seconds))
