"""One box for everything: a person by address, name or id, an app by id, events by the id of a request."""

from flask import Response, request, url_for

from idp.accounts import service as accounts
from idp.admin.routes import ANY, may, page
from idp.audit.service import find_events
from idp.clients.service import find_client
from idp.core.http import render, see_other


@page("/search", ANY)
def search() -> Response:
    text = request.args.get("q", "").strip()[:200]
    people = _people(text) if text and may("admin.users.read") else []
    client = find_client(text) if text and may("admin.clients.read") else None
    events = find_events(request_id=text, limit=10) if text and may("admin.audit.read") else []
    hits = [url_for("admin.user", user_id=person.id) for person in people]
    if client is not None:
        hits.append(url_for("admin.client", client_id=client.id))
    if len(hits) == 1 and not events:
        return see_other(hits[0])
    return render("admin/search.html", text=text, people=people, client=client, events=events)


def _people(text: str) -> list[accounts.User]:
    exact = accounts.find_user(text) if len(text) == 26 else None
    return [exact] if exact else accounts.list_users(search=text, limit=20)
