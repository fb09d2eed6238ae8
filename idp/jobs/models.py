"""Table of long work."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


class Job(Base):
    """One piece of long work; its `state` is one of `idp.jobs.service`."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_leased_until", "state", "leased_until"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(120))
    """Who started it; it is done in their name and with no more rights than they have."""
    state: Mapped[str] = mapped_column(String(10))
    payload: Mapped[str | None] = mapped_column(Text)
    """Sealed; wiped as soon as it is not needed any more."""
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0)
    cursor: Mapped[int] = mapped_column(Integer, default=0)
    """Where the next step begins; what the number means is the kind's own affair."""
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What came of it so far; never a secret."""
    holder: Mapped[str | None] = mapped_column(String(26))
    leased_until: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    """Until when its holder alone may go on: a worker that was killed loses it by itself."""
    failures: Mapped[int] = mapped_column(Integer, default=0)
    """How often in a row a step has stumbled."""
    last_error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
