"""Table of what the manifest manages."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime


class ManagedThing(Base):
    """Something the manifest described when it was last applied: only such a thing is deleted with its entry."""

    __tablename__ = "managed_things"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(400), primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """The digest of every field as it was applied: what differs from it now was changed by hand."""
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
