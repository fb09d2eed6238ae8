"""Tables of what people prove themselves with beside the password, and of the browsers they trust."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


class TotpAuthenticator(Base):
    """The authenticator app of a person, one at most (RFC 6238)."""

    __tablename__ = "totp_authenticators"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), default="")
    seed: Mapped[str] = mapped_column(String(200))
    """Sealed; only the newest code of the app opens anything, so the seed is never shown again."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The time step of the newest code that was taken: it and all before it are used up."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RecoveryCode(Base):
    """One code of the set a person keeps for the day their phone is gone; used ones stay as tombstones of their set."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("ix_recovery_codes_user_id_digest", "user_id", "digest", unique=True),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Passkey(Base):
    """A credential of WebAuthn: a public key, and what its owner calls it."""

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    """As the authenticator names it, base64url; up to 1023 bytes (WebAuthn §5.1)."""
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """A COSE key."""
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    aaguid: Mapped[str] = mapped_column(String(36), default="")
    transports: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_synced: Mapped[bool] = mapped_column(default=False)
    """Whether it may live on several devices (backup eligible)."""
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_user_agent: Mapped[str | None] = mapped_column(String(400))


class UsedChallenge(Base):
    """A challenge of WebAuthn that was answered; kept until it would have expired, so that none is answered twice."""

    __tablename__ = "used_challenges"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class TrustedBrowser(Base):
    """A browser in which its owner goes without the second step for a while; found by the digest of its cookie."""

    __tablename__ = "trusted_browsers"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
