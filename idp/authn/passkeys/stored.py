"""The rows of passkeys."""

from sqlalchemy import select

from idp.authn.models import Passkey
from idp.core.db import db


def list_passkeys(user_id: str) -> list[Passkey]:
    """List a person's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id)
    return list(db.session.execute(query).scalars())
