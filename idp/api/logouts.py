"""What apps were told of ended sessions: what arrived, what waits, what was given up, and once more."""

from typing import Any

from idp.api.pages import page_of
from idp.api.routes import route
from idp.api.schemas import running as schemas
from idp.api.schemas.common import Page
from idp.audit.tags import Tag
from idp.oauth.logout.backchannel import KIND, send_again
from idp.outbox import service as outbox
from idp.outbox.models import Delivery

READ, WRITE = "admin.clients.read", "admin.clients.write"


@route("GET", "/logout-deliveries", READ, "List what apps were told of ended sessions, the newest first",
       query=schemas.LogoutQuery, answer=Page[schemas.LogoutDelivery])  # fmt: skip
def list_logout_deliveries(query: schemas.LogoutQuery) -> Any:
    subject = f"client:{query.client_id}" if query.client_id else None
    rows = outbox.list_calls(
        kind=KIND, subject=subject, outcome=query.state, older=query.after, limit=query.limit + 1
    )  # fmt: skip
    return page_of(Page[schemas.LogoutDelivery], query, rows, _told)


@route("POST", "/logout-deliveries/<delivery_id>/retry", WRITE, "Tell an app once more", status=204,
       event=Tag.LOGOUT_RETRIED)  # fmt: skip
def retry_logout_delivery(delivery_id: str) -> None:
    send_again(delivery_id)


def _told(row: Delivery) -> schemas.LogoutDelivery:
    names = ("id", "attempts", "created_at", "due_at", "finished_at", "last_error")
    return schemas.LogoutDelivery(
        client_id=(row.subject or "").removeprefix("client:"), state=row.outcome or "waiting",
        **{name: getattr(row, name) for name in names},
    )  # fmt: skip
