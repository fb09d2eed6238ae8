"""Hear of every event, and put a delivery for each endpoint that wants it into the transaction of the act."""

from typing import Any

from sqlalchemy import insert, select

from idp.audit.signals import event_coming, event_recorded
from idp.audit.tags import Tag
from idp.core.db import db
from idp.core.secrets import new_id
from idp.outbox import service as outbox
from idp.webhooks.models import WebhookDelivery, WebhookEndpoint
from idp.webhooks.sending import KIND
from idp.webhooks.wishes import Wish, wishes


def connect() -> None:
    """Listen; safe to call again for another application of the same process."""
    event_coming.connect(_is_wanted)
    event_recorded.connect(_enqueue)


def _is_wanted(_sender: Any, *, tag: str, **_more: Any) -> bool:
    # A test goes to one endpoint, whatever that has chosen; it is recorded in a transaction anyway.
    return any(wish.holds(tag) for wish in wishes())


def _enqueue(_sender: Any, *, event_id: int, tag: str, subject: str | None, **_more: Any) -> None:
    ids = [wish.id for wish in wishes() if wish.holds(tag) or _is_tested(wish, tag, subject)]
    if not ids:
        return
    # What is remembered may be a second old: only endpoints that are there and on, and that stay until the commit.
    there = (
        select(WebhookEndpoint.id)
        .where(WebhookEndpoint.id.in_(ids), WebhookEndpoint.disabled_at.is_(None))
        .with_for_update(read=True, key_share=True)
    )
    for endpoint_id in db.session.execute(there).scalars().all():
        row = {"id": new_id(), "endpoint_id": endpoint_id, "event_id": event_id, "tag": tag}
        db.session.execute(insert(WebhookDelivery).values(row))
        outbox.enqueue(KIND, {"delivery": row["id"]})


def _is_tested(wish: Wish, tag: str, subject: str | None) -> bool:
    return tag == Tag.WEBHOOK_TESTED.value and subject == f"webhook:{wish.name}"
