"""Which apps a session has been used for."""

from sqlalchemy import select

from idp.clients.models import Client
from idp.core.db import db
from idp.oauth.tokens.models import Grant


def session_apps(session_id: str) -> list[str]:
    """Return the names of the apps that hold a live grant of a session, in order."""
    query = (
        select(Client.name)
        .join(Grant, Grant.client_id == Client.id)
        .where(Grant.session_id == session_id, Grant.revoked_at.is_(None))
        .distinct()
        .order_by(Client.name)
    )
    return list(db.session.execute(query).scalars())
