"""Tables of the signing keys."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime


class State(StrEnum):
    """The life of a key, in its order."""

    NEXT = "next"
    """Published, so that caches learn it; signs nothing yet."""
    ACTIVE = "active"
    """Signs."""
    VERIFY_ONLY = "verify_only"
    """Published while tokens it signed may be alive."""
    RETIRED = "retired"
    """Not published; what it signed is refused."""


class JwksReader(Base):
    """A program that fetched the published keys, by what it calls itself."""

    __tablename__ = "jwks_readers"

    agent: Mapped[str] = mapped_column(String(60), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class SigningKey(Base):
    """One key pair; the private part is sealed and bound to this row."""

    __tablename__ = "signing_keys"
    __table_args__ = (
        Index(
            "uq_signing_keys_one_active", "alg", unique=True,
            sqlite_where=text("state = 'active'"), postgresql_where=text("state = 'active'"),
        ),
        Index(
            "uq_signing_keys_one_next", "alg", unique=True,
            sqlite_where=text("state = 'next'"), postgresql_where=text("state = 'next'"),
        ),
    )  # fmt: skip

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    alg: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), index=True)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    public_mark: Mapped[str] = mapped_column(String(64))
    """A keyed digest of the public half: a row that somebody else wrote into the table verifies nothing."""
    private_sealed: Mapped[str | None] = mapped_column(Text)
    """Erased when the key stops signing: what does not exist cannot leak."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    promote_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a next key begins to sign."""
    activated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    retire_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When a verify-only key stops being published."""
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
