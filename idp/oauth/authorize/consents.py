"""Remember what people allowed apps, and take it back."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from idp.accounts.email import mails
from idp.accounts.profiles.preferences import preferences_of
from idp.accounts.service import get_user
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.service import find_client
from idp.core.clock import now
from idp.core.db import db, is_postgresql, transaction
from idp.oauth.authorize.models import Consent
from idp.oauth.tokens.revoke import revoke_grants


def find_consent(user_id: str, client_id: str) -> Consent | None:
    """Return what a person has allowed an app, or None."""
    chosen = select(Consent).where(Consent.user_id == user_id, Consent.client_id == client_id)
    return db.session.execute(chosen).scalar_one_or_none()


def record_consent(user_id: str, client_id: str, keys: Sequence[str], claims: Mapping[str, bool]) -> None:
    """Add scopes, by their keys, and claims to what a person has allowed an app."""
    insert, moment = postgresql.insert if is_postgresql() else sqlite.insert, now()
    with transaction() as session:
        known = find_consent(user_id, client_id)
        values = {
            "scopes": sorted({*keys, *(known.scopes if known else ())}),
            "claims": {**(known.claims if known else {}), **claims},
            "updated_at": moment,
        }
        statement = insert(Consent).values(user_id=user_id, client_id=client_id, created_at=moment, **values)
        session.execute(
            statement.on_conflict_do_update(index_elements=[Consent.user_id, Consent.client_id], set_=values)
        )
        record(
            Tag.CONSENT_GRANTED, actor=f"user:{user_id}", subject=f"user:{user_id}", client_id=client_id,
            scopes=list(keys), claims=sorted(name for name, given in claims.items() if given),
        )  # fmt: skip
        if known is None:
            _tell_owner(user_id, client_id)


def _tell_owner(user_id: str, client_id: str) -> None:
    user, client = get_user(user_id), find_client(client_id)
    if client is not None and preferences_of(user)["mail_app_allowed"]:
        mails.app_allowed(user, client.name)


def withdraw_consent(user_id: str, client_id: str, *, actor: str | None = None) -> bool:
    """Take back what a person allowed an app: consent, codes and tokens; return whether there was anything."""
    with transaction() as session:
        chosen = delete(Consent).where(Consent.user_id == user_id, Consent.client_id == client_id)
        taken = session.execute(chosen.returning(Consent.client_id)).first() is not None
        revoked = revoke_grants("consent withdrawn", user_id=user_id, client_id=client_id)
        if taken or revoked:
            record(Tag.CONSENT_WITHDRAWN, actor=actor, subject=f"user:{user_id}", client_id=client_id)
        return taken or bool(revoked)
