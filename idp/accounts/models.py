"""Tables of people and of the links that are mailed to them."""

from datetime import datetime
from typing import Any

from flask_login import UserMixin
from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


def is_in_use(state: str, locked_at: datetime | None) -> bool:
    """Tell whether an account in this state may be used: active and not locked."""
    return state == "active" and locked_at is None


class User(UserMixin, Base):
    """A person; the profile's columns are the standard claims (OpenID Connect Core §5.1)."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254))
    email_normalised: Mapped[str] = mapped_column(String(254), unique=True)
    email_verified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    username: Mapped[str | None] = mapped_column(String(32), unique=True)
    """Lower case; None for people who sign in with their address only."""
    external_id: Mapped[str | None] = mapped_column(String(120), unique=True, index=True)
    """What another system calls the person, such as a personnel number; compared letter by letter."""
    name: Mapped[str] = mapped_column(String(100), default="")
    given_name: Mapped[str | None] = mapped_column(String(100))
    family_name: Mapped[str | None] = mapped_column(String(100))
    middle_name: Mapped[str | None] = mapped_column(String(100))
    nickname: Mapped[str | None] = mapped_column(String(100))
    profile: Mapped[str | None] = mapped_column(String(500))
    picture: Mapped[str | None] = mapped_column(String(500))
    website: Mapped[str | None] = mapped_column(String(500))
    gender: Mapped[str | None] = mapped_column(String(50))
    birthdate: Mapped[str | None] = mapped_column(String(10))
    zoneinfo: Mapped[str | None] = mapped_column(String(50))
    locale: Mapped[str | None] = mapped_column(String(35))
    phone_number: Mapped[str | None] = mapped_column(String(40))
    phone_number_verified: Mapped[bool] = mapped_column(Boolean, default=False)
    address: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    password_hash: Mapped[str | None] = mapped_column(String(500))
    password_changed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(10), default="active")
    """`active`, `disabled`, `deleting`, or `invited` until the invitation is accepted."""
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    lock_reason: Mapped[str | None] = mapped_column(String(10))
    """`admin`, or `reported` by the person's own «This wasn't me», which a password reset lifts."""
    self_registered: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the account began at the registration page; until confirmed, a later registration replaces it."""
    invited_by: Mapped[str | None] = mapped_column(String(26))
    """The id of the person who sent the invitation, when it was a person."""
    second_step_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the person turned on that a sign-in takes a second step; None while one step is enough."""
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the next sign-in leads through a new password."""
    terms_accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    terms_version: Mapped[str | None] = mapped_column(String(40))
    """Which terms were accepted then."""
    passkey_offered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the person last said that they want no passkey now."""
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the person chose for their own pages: see `idp.accounts.profiles.preferences`."""
    deletion_due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    """When an account that is being deleted goes for good."""
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)

    @property
    def email_verified(self) -> bool:
        """Whether the person has shown that they read mail at their address."""
        return self.email_verified_at is not None

    @property
    def has_password(self) -> bool:
        """Whether the person can sign in with a password."""
        return self.password_hash is not None

    @property
    def has_second_step(self) -> bool:
        """Whether a sign-in to this account takes a second step."""
        return self.second_step_since is not None

    @property
    def is_active(self) -> bool:
        """Whether this person may use their account at all, as Flask-Login asks it."""
        return is_in_use(self.state, self.locked_at)


def _index(name: str, *columns: Any, **conditions: str) -> None:
    """Add an index of the lists of people; a condition makes it one of few rows."""
    where = {f"{dialect}_where": text(conditions["where"]) for dialect in ("postgresql", "sqlite") if conditions}
    Index(name, *columns, **where, _table=User.__table__)  # type: ignore[arg-type]


def _index_by_bytes(name: str, expression: str, *more: str, dialects: tuple[str, ...]) -> None:
    """Add an index that serves an order and beginnings; PostgreSQL must be told to compare bytes."""
    for dialect in dialects:
        collation = ' COLLATE "C"' if dialect == "postgresql" else ""
        columns = [text(f"({expression}){collation}"), *map(text, more)]
        Index(name, *columns, _table=User.__table__).ddl_if(dialect=dialect)  # type: ignore[arg-type]


_index("ix_users_state_id", User.state, User.id)
_index("ix_users_locked", User.id, where="locked_at IS NOT NULL")
_index("ix_users_unverified", User.id, where="email_verified_at IS NULL")
_index("ix_users_second_step", User.id, where="second_step_since IS NOT NULL")
_index_by_bytes("ix_users_lower_name_id", "lower(name)", "id", dialects=("postgresql", "sqlite"))
# SQLite compares bytes anyway: there, the unique indexes serve.
_index_by_bytes("ix_users_email_bytes", "email_normalised", dialects=("postgresql",))
_index_by_bytes("ix_users_username_bytes", "username", dialects=("postgresql",))
_index_by_bytes("ix_users_external_id_bytes", "external_id", dialects=("postgresql",))


class EmailToken(Base):
    """A link sent by mail: found by the digest of its token, used once, kept as a tombstone until it expires."""

    __tablename__ = "email_tokens"
    __table_args__ = (Index("ix_email_tokens_user_id_purpose", "user_id", "purpose"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(String(10))
    """One of the purposes of `idp.accounts.email.links`."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    """The address it was sent to; it is good for that address only."""
    credential: Mapped[str] = mapped_column(String(64))
    """Digest of the password hash of the moment of issue: another password makes it void."""
    code_digest: Mapped[str | None] = mapped_column(String(64))
    browser_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The one browser in which the code of the same mail works."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class EmailChange(Base):
    """A change of address: asked for, confirmed at the new one, and for a while undone from the old one."""

    __tablename__ = "email_changes"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[str] = mapped_column(String(254))
    old_normalised: Mapped[str] = mapped_column(String(254), index=True)
    """Nobody else gets this address while the change can be undone."""
    new_email: Mapped[str] = mapped_column(String(254))
    new_normalised: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Picture(Base):
    """A person's picture as it is shown: small, square, drawn anew."""

    __tablename__ = "pictures"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(43), unique=True)
    """What its address ends with; another picture gets another name."""
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
