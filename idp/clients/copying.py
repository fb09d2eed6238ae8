"""Make an app like another one."""

from idp.clients import service
from idp.clients.metadata import RULES
from idp.clients.models import Client

_OWN = {"name", "first_party"}
"""What a copy does not take over: that it is ours somebody says of each app."""


def duplicate(client_id: str, *, name: str) -> tuple[Client, str | None]:
    """Make an app with the settings of another, its public keys too; return it with a secret of its own.

    Raises NotFound, InvalidMetadata.
    """
    row = service.get_client(client_id)
    values = {field: getattr(row, field) for field in RULES if field not in _OWN}
    return service.create_client(name=name, **values)
