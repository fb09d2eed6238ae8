"""Tables of the audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, RowNumber, UTCDateTime


class Event(Base):
    """One event, written once; what comes after `detail` is filled in when it is sealed."""

    __tablename__ = "audit_events"
    # A list of events is one kind of them by time: each has its index.
    __table_args__ = tuple(
        Index(f"ix_audit_events_{name}_at", name, "at")
        for name in ("tag", "actor", "subject", "client_id", "session_id", "ip")
    )

    id: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    tag: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str] = mapped_column(String(120))
    subject: Mapped[str | None] = mapped_column(String(120))
    client_id: Mapped[str | None] = mapped_column(String(200))
    session_id: Mapped[str | None] = mapped_column(String(26))
    request_id: Mapped[str | None] = mapped_column(String(64), index=True)
    ip: Mapped[str | None] = mapped_column(String(64))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    position: Mapped[int | None] = mapped_column(RowNumber, unique=True)
    previous: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[str | None] = mapped_column(String(32))
    """Makes `personal` of no use to who guesses; it goes when the person goes."""
    personal: Mapped[str | None] = mapped_column(String(64))
    """Digest of network address and browser: the chain covers it, and not what it is made of."""


class AuditOrigin(Base):
    """The last event that was purged: one row, from the first purge on."""

    __tablename__ = "audit_origin"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(RowNumber)
    hash: Mapped[str] = mapped_column(String(64))
    newest_at: Mapped[datetime] = mapped_column(UTCDateTime)
    purged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signature: Mapped[str] = mapped_column(String(120))
    """Over all of these, with a key that is not in the database."""
