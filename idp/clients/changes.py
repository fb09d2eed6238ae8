"""What every change of a client does besides: record it, and let every process forget what it remembers."""

from typing import Any

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.lookup import forget
from idp.feed.service import publish


def record_change(tag: Tag, client_id: str, actor: str | None, **detail: Any) -> None:
    """Record a change in the transaction of the act, and publish it."""
    record(tag, actor=actor, subject=f"client:{client_id}", client_id=client_id, **detail)
    publish("client", client_id)
    forget(client_id)


def told(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a client for the audit; of keys only their ids, of nothing nothing."""
    found = {name: value for name, value in values.items() if value not in (None, [], {})}
    if "jwks" in found:
        found["jwks"] = [jwk.get("kid") for jwk in found["jwks"]["keys"]]
    return found
