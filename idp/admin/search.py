"""One box for everything: a person by address, name or id, an app by name or id, events by the id of a request."""

from flask import Response, request, url_for

from idp.access.permissions import ANY
from idp.accounts import service as accounts
from idp.admin.routes import may, page
from idp.audit.service import find_events
from idp.clients.listing import Wanted, find_clients
from idp.core.http import render, see_other

_MOST = 20


@page("/search", ANY)
def search() -> Response:
    text = request.args.get("q", "").strip()[:200]
    people = _people(text) if text and may("admin.users.read") else []
    apps = find_clients(Wanted(search=text, limit=_MOST)) if text and may("admin.clients.read") else []
    events = find_events(request_id=text, limit=10) if text and may("admin.audit.read") else []
    hits = [url_for("admin.user", user_id=person.id) for person in people]
    hits += [url_for("admin.client", client_id=app.id) for app in apps]
    if len(hits) == 1 and not events:
        return see_other(hits[0])
    return render("admin/search.html", text=text, people=people, apps=apps, events=events)


def _people(text: str) -> list[accounts.User]:
    exact = accounts.find_user(text) if len(text) == 26 else None
    return [exact] if exact else accounts.list_users(search=text, limit=_MOST)
