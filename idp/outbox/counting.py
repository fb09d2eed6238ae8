"""How many deliveries there are about one thing."""

from sqlalchemy import select

from idp.core.keyset import count_some
from idp.outbox.models import Delivery


def count_calls(*, kind: str, subject: str, most: int) -> int:
    """Count the calls of one kind about one thing, up to `most` and one."""
    return count_some(select(Delivery.id).where(Delivery.kind == kind, Delivery.subject == subject), Delivery.id, most)
