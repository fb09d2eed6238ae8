"""Who wants to hear of what: remembered, for events are many and endpoints few."""

from dataclasses import dataclass

from sqlalchemy import select

from idp.core.cache import Cache
from idp.core.db import single_statements
from idp.feed.service import on_change, publish
from idp.webhooks.models import WebhookEndpoint
from idp.webhooks.selection import matches

_KIND = "webhook"


@dataclass(frozen=True)
class Wish:
    """What one endpoint wants to hear of."""

    id: str
    name: str
    events: frozenset[str]

    def holds(self, tag: str) -> bool:
        """Tell whether it wants to hear of an event."""
        return matches(self.events, tag)


_cache: Cache[tuple[Wish, ...]] = Cache("idp.webhooks", most=1)
_READ = select(WebhookEndpoint.id, WebhookEndpoint.name, WebhookEndpoint.events).where(
    WebhookEndpoint.disabled_at.is_(None)
)


def wishes() -> tuple[Wish, ...]:
    """Return the wishes of all endpoints that are on; they may be a second old."""
    return _cache.get("all", _load) or ()


def publish_change(name: str) -> None:
    """Let every process forget who wants what, when the present transaction commits."""
    publish(_KIND, name)
    _cache.forget()


@on_change(_KIND)
def _on_change(_name: str) -> None:
    _cache.forget()


def _load() -> tuple[Wish, ...]:
    with single_statements() as connection:
        return tuple(Wish(row.id, row.name, frozenset(row.events)) for row in connection.execute(_READ))
