"""Which apps a session has been used for."""

from sqlalchemy import select

from idp.clients.lookup import find_client
from idp.core.db import db
from idp.oauth.tokens.models import Grant


def session_apps(session_id: str) -> list[str]:
    """Return the names of the apps that hold a live grant of a session, in order."""
    return apps_of_sessions([session_id])[session_id]


def apps_of_sessions(session_ids: list[str]) -> dict[str, list[str]]:
    """Return the same for several sessions at once, by their ids."""
    query = select(Grant.session_id, Grant.client_id).distinct()
    query = query.where(Grant.session_id.in_(session_ids), Grant.revoked_at.is_(None))
    apps: dict[str, list[str]] = {session_id: [] for session_id in session_ids}
    for row in db.session.execute(query):
        # Apps are remembered: a join would read their whole table for a page of sessions.
        if client := find_client(row.client_id):
            apps[str(row.session_id)].append(client.name)
    return {session_id: sorted(names) for session_id, names in apps.items()}
