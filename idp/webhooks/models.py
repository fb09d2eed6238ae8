"""Tables of the webhooks."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, RowNumber, UTCDateTime
from idp.core.secrets import new_id


class WebhookEndpoint(Base):
    """An address that is told of events."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    label: Mapped[str] = mapped_column(String(200), default="")
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Names of events, and patterns: `area.*`, or `*` for all."""
    secret: Mapped[str] = mapped_column(Text)
    """Sealed: it signs, so that a digest is not enough."""
    previous_secret: Mapped[str | None] = mapped_column(Text)
    """Signs beside the new one until `previous_until`, so that a receiver can change in peace."""
    previous_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disabled_reason: Mapped[str | None] = mapped_column(String(16))
    """`by_hand`, `gone` (410) or `failing`."""
    failing_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """The first failure since the last success."""
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class WebhookDelivery(Base):
    """One event for one endpoint; its id is the `webhook-id`, the same on every try and when it is sent again."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_endpoint_id_id", "endpoint_id", "id"),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(RowNumber)
    tag: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """`waiting`, `delivered` or `failed`."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    status: Mapped[int | None] = mapped_column(Integer)
    """The status of the last answer; what else it said is not kept."""
    milliseconds: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
