"""Table of the answers that a caller may ask for again."""

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.db import Base, UTCDateTime


class ApiAnswer(Base):
    """What was answered to one `Idempotency-Key` of one caller; sealed, for a secret may be in it."""

    __tablename__ = "api_answers"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A keyed digest of caller and key."""
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
