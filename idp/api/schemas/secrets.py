"""The shapes of the secrets of apps."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from idp.api.schemas.common import Body, Short, Told


class SecretNew(Body):
    """A new secret of an app."""

    label: Short = ""
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class Secret(Told):
    """A secret of an app, without its value."""

    id: str
    label: str
    hint: str
    """The last four characters of its value."""
    created_at: datetime
    created_by: str | None
    """Who made it, as in the audit trail; null where it is not known any more."""
    expires_at: datetime | None
    last_used_at: datetime | None


class SecretCreated(Secret):
    """A new secret; its value is told this once."""

    client_secret: str
