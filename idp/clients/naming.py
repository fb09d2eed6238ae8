"""Apps as the trail's filters name them."""

from sqlalchemy import func, select

from idp.audit.naming import APPS, finds
from idp.clients.lookup import find_client
from idp.clients.models import Client
from idp.core.db import db
from idp.core.keyset import by_bytes, lowered


@finds(APPS)
def find_app(name: str) -> list[str]:
    """Return the id of the app that has this id, else of those of this name; two of them tell that there are more."""
    if find_client(name) is not None:
        return [name]
    query = select(Client.id).where(by_bytes(func.lower(Client.name)) == lowered(name)).limit(2)
    return list(db.session.execute(query).scalars())
