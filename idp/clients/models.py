"""Tables of clients and their secrets."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


class Client(Base):
    """An app that asks us for tokens (RFC 7591 §2 names most of the fields)."""

    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    type: Mapped[str] = mapped_column(String(16))
    redirect_uris: Mapped[list[str]] = mapped_column(JSON, default=list)
    post_logout_redirect_uris: Mapped[list[str]] = mapped_column(JSON, default=list)
    grant_types: Mapped[list[str]] = mapped_column(JSON, default=list)
    response_types: Mapped[list[str]] = mapped_column(JSON, default=list)
    token_endpoint_auth_method: Mapped[str] = mapped_column(String(40))
    scopes: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The scopes it may ask for."""
    allowed_roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The roles whose holders may sign in with it; empty means everyone."""
    allowed_apis: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The identifiers of the APIs it may ask tokens for, or introspects for."""
    jwks: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    jwks_uri: Mapped[str | None] = mapped_column(Text)
    require_pkce: Mapped[bool] = mapped_column(default=True)
    first_party: Mapped[bool] = mapped_column(default=False)
    """Ours: no consent is asked. Only an administrator can say so."""
    require_second_step: Mapped[bool] = mapped_column(default=False)
    """Whether people sign in to it with two steps only."""
    default_max_age: Mapped[int | None] = mapped_column(Integer)
    require_auth_time: Mapped[bool] = mapped_column(default=False)
    access_lifetime: Mapped[int | None] = mapped_column(Integer)
    """Seconds; None means the house's default."""
    client_uri: Mapped[str | None] = mapped_column(Text)
    logo_uri: Mapped[str | None] = mapped_column(Text)
    """What was registered (RFC 7591 §2). No page loads it: its host would see who signs in where."""
    logo: Mapped[str | None] = mapped_column(String(32))
    """The name of the logo that was uploaded; that is what people see."""
    policy_uri: Mapped[str | None] = mapped_column(Text)
    tos_uri: Mapped[str | None] = mapped_column(Text)
    metadata_: Mapped[dict[str, Any]] = mapped_column("metadata", JSON, default=dict)
    """What else was registered."""
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, onupdate=now)


_LISTED: Any = Client.__table__
_OFF = text("disabled_at IS NOT NULL")
Index("ix_clients_type_id", Client.type, Client.id)
Index("ix_clients_disabled", Client.id, postgresql_where=_OFF, sqlite_where=_OFF)
Index("ix_clients_lower_name", text("(lower(name))"), _table=_LISTED).ddl_if(dialect="sqlite")
# PostgreSQL must be told to compare bytes, so that an index serves beginnings.
Index("ix_clients_lower_name", text('(lower(name)) COLLATE "C"'), _table=_LISTED).ddl_if(dialect="postgresql")
Index("ix_clients_id_bytes", text('(id) COLLATE "C"'), _table=_LISTED).ddl_if(dialect="postgresql")


class ClientUse(Base):
    """A scope, an API or a role in a list of a client: see `idp.clients.uses`."""

    __tablename__ = "client_uses"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(400), primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True, index=True)


class ClientSecret(Base):
    """One secret of a client: random, so a plain digest keeps it; two may be valid during a rotation."""

    __tablename__ = "client_secrets"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    client_id: Mapped[str] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    hint: Mapped[str] = mapped_column(String(4))
    """The last four characters, so that people can tell secrets apart."""
    label: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_by: Mapped[str | None] = mapped_column(String(120))
    """Who made it, as the trail writes them; None where it is not known any more."""
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
