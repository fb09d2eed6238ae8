"""Table of the files of the trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, RowNumber, UTCDateTime
from idp.core.secrets import new_id


class AuditFile(Base):
    """A file that was read to its end; who took it is in the event of the export."""

    __tablename__ = "audit_files"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)
    format: Mapped[str] = mapped_column(String(10))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    events: Mapped[int] = mapped_column(Integer, default=0)
    first_event: Mapped[int | None] = mapped_column(RowNumber)
    last_event: Mapped[int | None] = mapped_column(RowNumber)
    sha256: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(RowNumber)
    """Place and hash of the last event that was chained when the file was whole."""
    head: Mapped[str] = mapped_column(String(64))
