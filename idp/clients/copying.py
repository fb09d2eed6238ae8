"""Make an app like another one."""

from typing import Any

from idp.clients import service
from idp.clients.metadata.rules import RULES
from idp.clients.models import Client

_OWN = {"name", "first_party"}
"""What a copy does not take over: that it is ours somebody says of each app."""


def settings_of(row: Client) -> dict[str, Any]:
    """Return what a copy of an app takes over."""
    return {field: getattr(row, field) for field in RULES if field not in _OWN}


def duplicate(client_id: str, *, name: str) -> tuple[Client, str | None]:
    """Make an app with the settings of another, its public keys too; return it with a secret of its own.

    Raises NotFound, InvalidMetadata.
    """
    return service.create_client(name=name, **settings_of(service.get_client(client_id)))
