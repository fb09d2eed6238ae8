"""What happened to an app and through it."""

from flask import Response

from idp.admin.audit.views import page_of_events
from idp.admin.clients.kinds import AUDIT
from idp.admin.clients.tabs import show
from idp.admin.routes import page
from idp.clients import service


@page("/clients/<client_id>/events", AUDIT)
def client_events(client_id: str) -> Response:
    row = service.get_client(client_id)
    return show("client_events", "events", row, **page_of_events({"client_id": row.id}, client_id=row.id))
