"""Tables of APIs, permissions, roles and groups."""

from datetime import datetime

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from idp.core.clock import now
from idp.core.db import Base, UTCDateTime
from idp.core.secrets import new_id


def _pair(name: str, left: str, right: str) -> Table:
    """Make a table of pairs that vanish with either end."""
    left_table, right_table = left.split(".", maxsplit=1)[0], right.split(".", maxsplit=1)[0]
    return Table(
        name,
        Base.metadata,
        Column(f"{left_table.removesuffix('s')}_id", ForeignKey(left, ondelete="CASCADE"), primary_key=True),
        Column(
            f"{right_table.removesuffix('s')}_id", ForeignKey(right, ondelete="CASCADE"), primary_key=True, index=True
        ),
    )


class Api(Base):
    """A resource server: the audience of access tokens (RFC 8707)."""

    __tablename__ = "apis"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    identifier: Mapped[str] = mapped_column(String(400), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    access_token_lifetime: Mapped[int | None] = mapped_column(Integer)
    """Seconds; None means the house's default."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    version: Mapped[int] = mapped_column(Integer, default=1)


class Permission(Base):
    """Something an API lets people or programs do; its name is also a scope of that API."""

    __tablename__ = "permissions"
    __table_args__ = (UniqueConstraint("api_id", "name"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    api_id: Mapped[str] = mapped_column(ForeignKey("apis.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    """What the consent page says."""
    titles: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    """What it says in other languages, by their codes."""
    icon: Mapped[str] = mapped_column(String(40), default="key", server_default="key")
    """What stands beside it there, one of `names.ICONS`."""
    description: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Integer, default=1)


class Role(Base):
    """A bundle of permissions that people hold, directly or by their groups."""

    __tablename__ = "roles"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    builtin: Mapped[bool] = mapped_column(default=False)
    require_second_step: Mapped[bool] = mapped_column(default=False)
    """Whether who holds it must sign in with two steps."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    version: Mapped[int] = mapped_column(Integer, default=1)


class Group(Base):
    """A set of people."""

    __tablename__ = "groups"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    version: Mapped[int] = mapped_column(Integer, default=1)


role_permissions = _pair("role_permissions", "roles.id", "permissions.id")
group_roles = _pair("group_roles", "groups.id", "roles.id")
user_roles = _pair("user_roles", "users.id", "roles.id")
Index("ix_user_roles_role_id_user_id", user_roles.c.role_id, user_roles.c.user_id)
group_members = _pair("group_members", "groups.id", "users.id")
role_includes = Table(
    "role_includes",
    Base.metadata,
    Column("role_id", ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True),
    Column("included_id", ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Who holds the first role has what the second allows, too."""
