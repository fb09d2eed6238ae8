"""The table of devices that wait for a person."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


class DeviceCode(Base):
    """One request of a device; both of its codes are kept as digests, and it is decided and redeemed once."""

    __tablename__ = "device_codes"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the code that the device keeps."""
    user_digest: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the code that it shows."""
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str] = mapped_column(Text)
    resources: Mapped[list[str]] = mapped_column(JSON, default=list)
    ip: Mapped[str | None] = mapped_column(String(45))
    interval: Mapped[int] = mapped_column(Integer, default=5)
    """Seconds the device must leave between two questions."""
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the device last asked."""
    grant_id: Mapped[str | None] = mapped_column(ForeignKey("grants.id", ondelete="CASCADE"), index=True)
    """What a person allowed; None while nobody has."""
    denied_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
