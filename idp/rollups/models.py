"""Tables of the daily counts."""

from datetime import date

from sqlalchemy import BigInteger, Date, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Base


class DailyCount(Base):
    """How often something happened on a day (UTC)."""

    __tablename__ = "daily_counts"
    __table_args__ = (Index("ix_daily_counts_kind_name_day", "kind", "name", "day"),)

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`sign_in`, `method`, `grant` or `client`."""
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=0)


class RollUpPosition(Base):
    """How far into the chain of events the counts reach: one row."""

    __tablename__ = "rollup_position"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
