"""Turn endpoints off and on, by hand or because their address refuses."""

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.webhooks.models import WebhookEndpoint
from idp.webhooks.signals import webhook_given_up
from idp.webhooks.wishes import publish_change

BY_HAND = "by_hand"


def turn_off(row: WebhookEndpoint, reason: str = BY_HAND) -> None:
    """Turn an endpoint off in the caller's transaction, and record it; what waits is not sent any more."""
    with transaction():
        row.disabled_at, row.disabled_reason = now(), reason
        row.version += 1
        db.session.flush()
        record(Tag.WEBHOOK_DISABLED, subject=f"webhook:{row.name}", reason=reason)
        publish_change(row.name)


def turn_on(row: WebhookEndpoint) -> None:
    """Turn an endpoint on again; what failed before is forgotten."""
    with transaction():
        row.disabled_at = row.disabled_reason = row.failing_since = None
        row.version += 1
        db.session.flush()
        record(Tag.WEBHOOK_ENABLED, subject=f"webhook:{row.name}")
        publish_change(row.name)


def give_up(row: WebhookEndpoint, reason: str) -> None:
    """Turn off an endpoint whose address refuses, and let the owners be told."""
    with transaction():
        turn_off(row, reason)
        webhook_given_up.send(None, name=row.name, reason=reason)
