"""The log of deliveries, and sending one again."""

from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update

from idp.audit.service import find_event, record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.keyset import count_some
from idp.core.retention import kept
from idp.outbox import service as outbox
from idp.webhooks import errors
from idp.webhooks.errors import Conflict, NotFound
from idp.webhooks.models import WebhookDelivery, WebhookEndpoint
from idp.webhooks.sending import KIND

STATES = ("waiting", "delivered", "failed")
_KEPT = kept(_l("Messages to webhooks"), timedelta(days=30))


def list_deliveries(
    endpoint_id: str,
    *,
    state: str | None = None,
    tag: str | None = None,
    older: str = "",
    newer: str = "",
    limit: int = 50,
) -> list[WebhookDelivery]:
    """List the deliveries of an endpoint, newest first; `tag` may end with `*`.

    They are older than one id, or newer than another: then the nearest come first.
    """
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
    if state:
        query = query.where(WebhookDelivery.state == state)
    if tag:
        is_it = WebhookDelivery.tag.startswith(tag[:-1], autoescape=True) if tag.endswith("*") else None
        query = query.where(WebhookDelivery.tag == tag if is_it is None else is_it)
    if older:
        query = query.where(WebhookDelivery.id < older)
    if newer:
        query = query.where(WebhookDelivery.id > newer)
    order = WebhookDelivery.id.asc() if newer else WebhookDelivery.id.desc()
    return list(db.session.execute(query.order_by(order).limit(limit)).scalars())


def count_deliveries(endpoint_id: str, most: int) -> int:
    """Count the deliveries of an endpoint, up to `most` and one."""
    query = select(WebhookDelivery.id).where(WebhookDelivery.endpoint_id == endpoint_id)
    return count_some(query, WebhookDelivery.id, most)


def count_states(endpoint_id: str) -> dict[str, int]:
    """Count the deliveries of an endpoint by their state."""
    query = (
        select(WebhookDelivery.state, func.count())
        .where(WebhookDelivery.endpoint_id == endpoint_id)
        .group_by(WebhookDelivery.state)
    )
    found = {row[0]: row[1] for row in db.session.execute(query)}
    return {state: found.get(state, 0) for state in STATES}


def redeliver(name: str, delivery_id: str) -> None:
    """Send a delivery again, under its id; raise NotFound, or Conflict while it waits or its endpoint is off."""
    with transaction() as session:
        row, endpoint = _find(name, delivery_id)
        if endpoint.disabled_at is not None:
            raise Conflict(errors.IS_OFF)
        if find_event(row.event_id) is None:
            raise Conflict(errors.EVENT_GONE)
        again = (
            update(WebhookDelivery)
            .where(WebhookDelivery.id == delivery_id, WebhookDelivery.state != "waiting")
            .values(state="waiting")
            .returning(WebhookDelivery.id)
            .execution_options(synchronize_session=False)
        )
        if session.execute(again).scalar() is None:
            raise Conflict(errors.WAITS)
        outbox.enqueue(KIND, {"delivery": delivery_id})
        record(Tag.WEBHOOK_REDELIVERED, subject=f"webhook:{name}", delivery=delivery_id, event=row.tag)


def sweep() -> int:
    """Delete the log of what was sent or given up long ago; return how much."""
    old = (WebhookDelivery.created_at < now() - _KEPT) & (WebhookDelivery.state != "waiting")
    with transaction() as session:
        return int(session.execute(delete(WebhookDelivery).where(old)).rowcount)  # type: ignore[attr-defined]


def _find(name: str, delivery_id: str) -> tuple[WebhookDelivery, WebhookEndpoint]:
    query = (
        select(WebhookDelivery, WebhookEndpoint)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.id == delivery_id, WebhookEndpoint.name == name)
    )
    if len(delivery_id) != 26 or not delivery_id.isalnum() or (row := db.session.execute(query).first()) is None:
        raise NotFound(errors.NO_DELIVERY)
    return row[0], row[1]
