"""What a person has allowed an app, for good."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime


class Consent(Base):
    """One person's yes to one app; a withdrawn one is deleted."""

    __tablename__ = "consents"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True, index=True)
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Keys of scopes: a standard scope's name, or an API's identifier and a permission's name."""
    claims: Mapped[dict[str, bool]] = mapped_column(JSON, default=dict)
    """Single claims the app asked for by name, and whether the person gave each."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
