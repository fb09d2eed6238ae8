"""Tables of sessions, of the browsers people have used, and of what a browser must still finish."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


class Session(Base):
    """A person signed in on a browser; the cookie's value is kept as a digest only."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_last_seen_at_user_id", "last_seen_at", "user_id"),
        Index("ix_sessions_user_id_network", "user_id", "network"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    """The `sid` of tokens; it stays when the cookie changes."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    browser_digest: Mapped[str | None] = mapped_column(String(64))
    amr: Mapped[list[str]] = mapped_column(JSON, default=list)
    acr: Mapped[str] = mapped_column(String(64))
    auth_time: Mapped[datetime] = mapped_column(UTCDateTime)
    """When the person last proved who they are (OpenID Connect Core §2)."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    idle_expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    remember: Mapped[bool] = mapped_column(default=False)
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    risky: Mapped[bool] = mapped_column(default=False)
    """Whether it began in a network new to the person, within a day of failed tries to sign in as them."""
    network: Mapped[str | None] = mapped_column(String(43))
    """The network it began in, as `CallContext.neighbourhood` has it."""
    failed_before: Mapped[int] = mapped_column(Integer, default=0)
    """How many tries had failed in the day before, where it is risky."""
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_reason: Mapped[str | None] = mapped_column(String(40))


Index("ix_sessions_risky", Session.id, postgresql_where=text("risky"), sqlite_where=text("risky = 1"))


class KnownBrowser(Base):
    """A browser in which a person has signed in before: its guesses are counted apart from strangers' guesses."""

    __tablename__ = "known_browsers"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    browser_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)


class Interaction(Base):
    """What a browser must finish before it may go on, and where it goes then."""

    __tablename__ = "interactions"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    browser_digest: Mapped[str] = mapped_column(String(64))
    return_to: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str | None] = mapped_column(String(255))
    client_name: Mapped[str | None] = mapped_column(String(200))
    client_host: Mapped[str | None] = mapped_column(String(255))
    """Shown beside the name when nobody has vouched for the app."""
    redirect_origin: Mapped[str | None] = mapped_column(String(300))
    """The validated origin or scheme the forms of these pages may end at."""
    login_hint: Mapped[str | None] = mapped_column(Text)
    ui_locales: Mapped[str | None] = mapped_column(Text)
    prompt: Mapped[list[str]] = mapped_column(JSON, default=list)
    max_age: Mapped[int | None] = mapped_column(Integer)
    """The oldest sign-in the app takes, in seconds."""
    acr_values: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The classes of sign-in the app would like, best first."""
    required_acr: Mapped[str | None] = mapped_column(String(64))
    """The class below which nobody goes on."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The owner's own data, e.g. the validated authorization request."""
    user_id: Mapped[str | None] = mapped_column(String(26))
    """The only person who may finish it, where one is fixed."""
    proved_user_id: Mapped[str | None] = mapped_column(String(26))
    """Who has proved the factors in `proved_amr` here, while more is asked of them."""
    proved_amr: Mapped[list[str]] = mapped_column(JSON, default=list)
    proved_credential: Mapped[str | None] = mapped_column(String(64))
    """Names the password of that moment: another one makes the proof void."""
    proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    remember: Mapped[bool] = mapped_column(default=False)
    step_tries: Mapped[int] = mapped_column(Integer, default=0)
    """Codes tried here for the second step, since the first one was proved."""
    settled_user_id: Mapped[str | None] = mapped_column(String(26))
    """Who signed in for it, or was chosen for it."""
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
