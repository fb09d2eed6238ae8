"""Table of the development outbox."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


class DevelopmentMail(Base):
    """A mail that was shown instead of sent; its text holds links with tokens and is sealed."""

    __tablename__ = "dev_mails"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    to: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
