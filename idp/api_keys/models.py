"""Table of API keys."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


class ApiKey(Base):
    """One key of one person: random, so a plain digest keeps it."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    last4: Mapped[str] = mapped_column(String(4))
    """Its last characters, so that people can tell keys apart."""
    permissions: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The most it may do; what its owner may not do any more, it may not either."""
    made_by: Mapped[str | None] = mapped_column(String(26))
    """The key that made it, with which it ends."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
