"""Table of the outbox."""

from datetime import datetime

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


class Delivery(Base):
    """One thing to deliver; `outcome` is empty until it is `delivered`, `expired` or `dead`."""

    __tablename__ = "outbox_deliveries"
    __table_args__ = (Index("ix_outbox_deliveries_outcome_due_at", "outcome", "due_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    payload: Mapped[str | None] = mapped_column(Text)
    """Sealed; wiped as soon as it cannot be needed any more."""
    subject: Mapped[str | None] = mapped_column(String(200), index=True)
    """What it is about, in the open, as `client:<id>`; for the pages that list deliveries."""
    dedupe: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    """When it may be tried next; a claim moves it ahead, so that a crashed worker's row comes back by itself."""
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    unresolved: Mapped[int] = mapped_column(Integer, default=0)
    """Tries of which nobody knows whether the other side took the delivery."""
    outcome: Mapped[str | None] = mapped_column(String(10))
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(String(200))
