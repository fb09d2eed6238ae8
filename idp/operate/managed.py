"""What the manifest manages: written by idp.manifest, read by every page that shows such a thing."""

from datetime import datetime

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, mapped_column

from idp.access.service import own_api
from idp.core.clock import now
from idp.core.db import Base, UTCDateTime, db

OWN_API = "idp"
"""What a manifest calls our own API, so that one file serves servers of different addresses."""


class ManagedThing(Base):
    """Something the manifest described when it was last applied: only such a thing is deleted with its entry."""

    __tablename__ = "managed_things"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(400), primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """The digest of every field as it was applied: what differs from it now was changed by hand."""
    applied_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


def is_managed(kind: str, name: str) -> bool:
    """Tell whether the file looks after a thing, so that its next apply undoes what is changed by hand."""
    if kind == "api" and name == own_api():
        name = OWN_API
    return db.session.get(ManagedThing, (kind, name)) is not None


def managed_names(kind: str) -> frozenset[str]:
    """Return the names of all things of a kind that the file looks after."""
    names = db.session.execute(select(ManagedThing.name).where(ManagedThing.kind == kind)).scalars()
    return frozenset(own_api() if kind == "api" and name == OWN_API else name for name in names)
