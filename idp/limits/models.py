"""Table of the counters."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Base, UTCDateTime


class Counter(Base):
    """One limit for one key; the key is a digest, so that the table names nobody."""

    __tablename__ = "limit_counters"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, default=0)
    strikes: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    resets_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    forget_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
