"""What an app does of itself that nobody asks of it yet, seen in what it sent lately."""

from sqlalchemy import select

from idp.clients.models import Client
from idp.core.db import db
from idp.oauth.tokens.models import AuthorizationCode, Grant

_MOST = 50


def unasked_pkce(row: Client) -> int:
    """Return how many of an app's last sign-ins used PKCE, when all did and it is not required; else 0.

    Codes are kept for hours, so this knows of lately only.
    """
    if row.require_pkce:
        return 0
    codes = select(AuthorizationCode.code_challenge).join(Grant, Grant.id == AuthorizationCode.grant_id)
    newest = codes.where(Grant.client_id == row.id).order_by(Grant.id.desc()).limit(_MOST)
    challenges = db.session.execute(newest).scalars().all()
    return len(challenges) if all(challenges) else 0
