"""Table of the settings that were changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime


class StoredSetting(Base):
    """One setting by its dotted name; one that was reset keeps its row, so that its version never starts again."""

    __tablename__ = "stored_settings"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    """As `idp.toml` would have it; null means that the file or the default holds again."""
    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by: Mapped[str] = mapped_column(String(120))
