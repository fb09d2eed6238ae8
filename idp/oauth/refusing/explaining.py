"""Explain what the trail says of a request that was refused: what was sent, what was wrong, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass

from idp.audit.models import Event
from idp.oauth.errors import REFERENCE, REFUSALS, Refusal


@dataclass(frozen=True)
class Explained:
    """A refusal of the trail in words."""

    event: Event
    error: str
    refusal: Refusal | None
    """Its entry in the reference, where it has one."""
    client_id: str | None
    """The app that asked; one that only said so is `claimed`."""
    is_claimed: bool
    endpoint: str
    sent: list[tuple[str, str]]
    """Parameters with their values, as far as those are kept."""
    reason: str

    @property
    def reference(self) -> str:
        """The address of its entry in the reference."""
        return f"{REFERENCE}#{self.refusal.anchor}" if self.refusal else REFERENCE


def explain(events: Iterable[Event]) -> list[Explained]:
    """Explain the refusals among some events."""
    return [_explain(event) for event in events if event.detail.get("refusal")]


def _explain(event: Event) -> Explained:
    detail = event.detail
    refusal = REFUSALS.get(str(detail["refusal"]))
    words = [word.partition("=") for word in str(detail.get("sent", "")).split()]
    return Explained(
        event=event, error=refusal.error if refusal else str(detail["refusal"]), refusal=refusal,
        client_id=event.client_id or detail.get("claimed"), is_claimed=event.client_id is None,
        endpoint=str(detail.get("endpoint", "")), sent=[(name, value) for name, _equals, value in words],
        reason=str(detail.get("reason") or ""),
    )  # fmt: skip
