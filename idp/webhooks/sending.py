"""Send a delivery: called by the outbox, which tries again what fails.

The outbox holds the id of the delivery alone. The body is made anew from the event on every try, and when somebody asks
for a delivery again: the trail is written once and never changed, so the body is the same, under the same `webhook-id`.
"""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from idp.audit.models import Event
from idp.audit.service import clean, find_event
from idp.core.cipher import unseal
from idp.core.clock import now, timestamp
from idp.core.db import db, release_connection, transaction
from idp.core.fetch import FetchError, post
from idp.core.sealed import sealed
from idp.outbox import service as outbox
from idp.webhooks import switching
from idp.webhooks.models import WebhookDelivery, WebhookEndpoint
from idp.webhooks.signing import key_of, signature_headers

KIND = "webhook"
GIVE_UP_AFTER = timedelta(days=5)
"""An endpoint without any success for so long is turned off."""
_FEWEST_TRIES = 5
_GONE = 410
_OFF = "the webhook was turned off"
_EVENT_GONE = "the event is not kept any more"


class Failed(Exception):
    """The address did not take a delivery."""


@dataclass(frozen=True)
class _Answer:
    """How a try ended."""

    status: int | None
    milliseconds: int
    error: str | None

    @property
    def is_taken(self) -> bool:
        """Whether the address took it: "2xx"; a redirect is none."""
        return self.status is not None and 200 <= self.status < 300


@outbox.handler(KIND, calls=True)
def send(payload: dict[str, Any], _outbox_id: str) -> None:
    """Make one try; raise Refused for what is not worth another, Failed for the rest."""
    delivery = db.session.get(WebhookDelivery, payload["delivery"])
    if delivery is None:
        return  # its endpoint was deleted
    endpoint = db.session.get(WebhookEndpoint, delivery.endpoint_id)
    event = find_event(delivery.event_id)
    if endpoint is None or endpoint.disabled_at is not None or event is None:
        reason = _EVENT_GONE if event is None else _OFF
        _note_reason(delivery.id, reason)
        raise outbox.Refused(reason)
    answer = _call(endpoint, delivery.id, body_of(event))
    _note(delivery.id, endpoint.id, answer)
    if answer.status == _GONE:
        raise outbox.Refused(f"answer {_GONE}")
    if not answer.is_taken:
        raise Failed(answer.error)


@outbox.dead_letter(KIND)
def bury(payload: dict[str, Any], _outbox_id: str) -> None:
    """Write down that a delivery was given up."""
    _set(payload["delivery"], state="failed")


def body_of(event: Event) -> bytes:
    """Return what is told of an event: what the trail keeps for good, so no network address and no browser."""
    data = {
        "event_id": event.id, "subject": event.subject, "actor": event.actor, "client_id": event.client_id,
        "detail": event.detail,
    }  # fmt: skip
    told = {"type": event.tag, "timestamp": event.at.isoformat().replace("+00:00", "Z"), "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def place_of(endpoint_id: str, column: str) -> str:
    """Return where a secret is bound to."""
    return f"webhook_endpoints:{column}:{endpoint_id}"


def _keys(endpoint: WebhookEndpoint) -> list[bytes]:
    """Return the keys that sign now: the newest, and during a rotation the one before."""
    kept = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now():
        kept.append(endpoint.previous_secret)
    # Each was sealed as `secret`, and moved as it was.
    return [key_of(unseal(value, bound_to=place_of(endpoint.id, "secret")).decode()) for value in kept]


def _call(endpoint: WebhookEndpoint, message_id: str, body: bytes) -> _Answer:
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        **signature_headers(_keys(endpoint), message_id, timestamp(), body),
    }
    url = endpoint.url
    release_connection()
    begun, status, error = time.monotonic(), None, None
    try:
        status = post(url, body, headers)
    except FetchError as failure:
        error = clean(failure.reason, 200)
    milliseconds = int((time.monotonic() - begun) * 1000)
    answer = _Answer(status, milliseconds, error)
    return answer if answer.is_taken or error else _Answer(status, milliseconds, f"answer {status}")


def _note(delivery_id: str, endpoint_id: str, answer: _Answer) -> None:
    """Write down a try, and turn an endpoint off that is gone or has failed for days."""
    moment = now()
    with transaction() as session:
        _set(
            delivery_id, attempts=WebhookDelivery.attempts + 1, status=answer.status, tried_at=moment,
            milliseconds=answer.milliseconds, error=answer.error, **({"state": "delivered"} if answer.is_taken else {}),
        )  # fmt: skip
        endpoint_row = update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
        if answer.is_taken:
            # Most often nothing had failed: then callers do not queue for the row.
            session.execute(endpoint_row.where(WebhookEndpoint.failing_since.is_not(None)).values(failing_since=None))
            return
        session.execute(endpoint_row.values(failing_since=func.coalesce(WebhookEndpoint.failing_since, moment)))
        endpoint = session.execute(select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)).scalar()
        tries = session.execute(select(WebhookDelivery.attempts).where(WebhookDelivery.id == delivery_id)).scalar() or 0
        if endpoint is None or endpoint.disabled_at is not None:
            return
        if answer.status == _GONE:
            switching.give_up(endpoint, "gone")
        elif tries >= _FEWEST_TRIES and endpoint.failing_since and moment - endpoint.failing_since >= GIVE_UP_AFTER:
            switching.give_up(endpoint, "failing")


def _note_reason(delivery_id: str, reason: str) -> None:
    _set(delivery_id, error=reason)


def _set(delivery_id: str, **values: Any) -> None:
    statement = update(WebhookDelivery).where(WebhookDelivery.id == delivery_id).values(values)
    with transaction() as session:
        session.execute(statement, execution_options={"synchronize_session": False})


# Both were sealed as `secret`: the one before was moved as it was.
for _column in (WebhookEndpoint.secret, WebhookEndpoint.previous_secret):
    sealed(_column, WebhookEndpoint.id, lambda endpoint_id: place_of(endpoint_id, "secret"))
