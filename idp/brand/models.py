"""Table of logos."""

from datetime import datetime

from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime


class Logo(Base):
    """A logo as it is shown: drawn anew, small. It lies in the database, where every server finds it."""

    __tablename__ = "logos"

    place: Mapped[str] = mapped_column(String(220), primary_key=True)
    """Where it is shown: `house:light`, `house:dark`, or `client:` and the id of an app."""
    name: Mapped[str] = mapped_column(String(32), unique=True)
    """What its address ends with; made of what it shows, so another logo has another one."""
    data: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
