"""Webhooks: listed, added, changed, their secret made anew, tested, turned off and on; what was sent, and once more."""

from typing import Any

from idp.api.pages import page_of
from idp.api.routes import route
from idp.api.schemas import running as schemas
from idp.api.schemas.common import Page, PageQuery
from idp.api.versions import get_row, hold
from idp.audit.tags import Tag
from idp.core.db import db
from idp.webhooks import deliveries, service
from idp.webhooks.errors import NO_WEBHOOK
from idp.webhooks.models import WebhookDelivery
from idp.webhooks.models import WebhookEndpoint as Row

READ, WRITE = "admin.webhooks.read", "admin.webhooks.write"


@route("GET", "/webhooks", READ, "List webhooks, by name", query=PageQuery, answer=Page[schemas.Webhook])
def list_webhooks(query: PageQuery) -> Any:
    rows = service.list_endpoints(limit=query.limit + 1, after=query.after)
    return page_of(Page[schemas.Webhook], query, rows, _told, after="name")


@route("POST", "/webhooks", WRITE, "Add a webhook", body=schemas.WebhookNew, answer=schemas.WebhookCreated, status=201,
       event=Tag.WEBHOOK_CREATED, sudo=True, says_more="Its secret is in this answer only.")  # fmt: skip
def create_webhook(body: schemas.WebhookNew) -> Any:
    row, secret = service.create_endpoint(body.name, url=body.url, events=body.events, label=body.label)
    return schemas.WebhookCreated(**_plain(row), secret=secret)


@route("GET", "/webhooks/<webhook_id>", READ, "Read a webhook", answer=schemas.WebhookDetail)
def read_webhook(webhook_id: str) -> Any:
    row = get_row(Row, webhook_id, NO_WEBHOOK)
    return schemas.WebhookDetail(**_plain(row), deliveries=deliveries.count_states(row.id))


@route("PATCH", "/webhooks/<webhook_id>", WRITE, "Change a webhook", body=schemas.WebhookChanges,
       answer=schemas.Webhook, event=Tag.WEBHOOK_EDITED, sudo=True, versioned=True)  # fmt: skip
def edit_webhook(webhook_id: str, body: schemas.WebhookChanges) -> Any:
    row = hold(Row, webhook_id, NO_WEBHOOK)
    return _told(service.update_endpoint(row.name, body.model_dump(exclude_none=True)))


@route("DELETE", "/webhooks/<webhook_id>", WRITE, "Delete a webhook", status=204, event=Tag.WEBHOOK_DELETED, sudo=True,
       versioned=True)  # fmt: skip
def delete_webhook(webhook_id: str) -> None:
    service.delete_endpoint(hold(Row, webhook_id, NO_WEBHOOK).name)


@route("POST", "/webhooks/<webhook_id>/disable", WRITE, "Turn a webhook off", answer=schemas.Webhook,
       event=Tag.WEBHOOK_DISABLED)  # fmt: skip
def disable_webhook(webhook_id: str) -> Any:
    service.disable_endpoint(_name(webhook_id))
    return _again(webhook_id)


@route("POST", "/webhooks/<webhook_id>/enable", WRITE, "Turn a webhook on", answer=schemas.Webhook,
       event=Tag.WEBHOOK_ENABLED)  # fmt: skip
def enable_webhook(webhook_id: str) -> Any:
    service.enable_endpoint(_name(webhook_id))
    return _again(webhook_id)


@route("POST", "/webhooks/<webhook_id>/secret", WRITE, "Give a webhook a new secret", answer=schemas.WebhookCreated,
       event=Tag.WEBHOOK_SECRET_ADDED, sudo=True,
       says_more="It is in this answer only; the one before signs beside it for a day.")  # fmt: skip
def rotate_webhook_secret(webhook_id: str) -> Any:
    secret = service.rotate_secret(_name(webhook_id))
    return schemas.WebhookCreated(**_again(webhook_id).model_dump(), secret=secret)


@route("POST", "/webhooks/<webhook_id>/test", WRITE, "Send a test to a webhook", status=204, event=Tag.WEBHOOK_TESTED)
def send_webhook_test(webhook_id: str) -> None:
    service.send_test(_name(webhook_id))


@route("GET", "/webhooks/<webhook_id>/deliveries", READ, "List what was sent to a webhook, the newest first",
       query=schemas.WebhookDeliveryQuery, answer=Page[schemas.WebhookDelivery])  # fmt: skip
def list_webhook_deliveries(webhook_id: str, query: schemas.WebhookDeliveryQuery) -> Any:
    row = get_row(Row, webhook_id, NO_WEBHOOK)
    rows = deliveries.list_deliveries(
        row.id, state=query.state, tag=query.event, older=query.after, limit=query.limit + 1
    )
    return page_of(Page[schemas.WebhookDelivery], query, rows, _delivery)


@route("POST", "/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver", WRITE, "Send a delivery again", status=204,
       event=Tag.WEBHOOK_REDELIVERED)  # fmt: skip
def redeliver(webhook_id: str, delivery_id: str) -> None:
    deliveries.redeliver(_name(webhook_id), delivery_id)


def _name(webhook_id: str) -> str:
    return get_row(Row, webhook_id, NO_WEBHOOK).name


def _again(webhook_id: str) -> schemas.Webhook:
    db.session.expire_all()
    return _told(get_row(Row, webhook_id, NO_WEBHOOK))


def _told(row: Row) -> schemas.Webhook:
    return schemas.Webhook(**_plain(row))


def _plain(row: Row) -> dict[str, Any]:
    names = schemas.Webhook.model_fields.keys() - {"enabled"}
    return {**{name: getattr(row, name) for name in names}, "enabled": row.disabled_at is None}


def _delivery(row: WebhookDelivery) -> schemas.WebhookDelivery:
    names = schemas.WebhookDelivery.model_fields.keys() - {"event"}
    return schemas.WebhookDelivery(**{name: getattr(row, name) for name in names}, event=row.tag)
