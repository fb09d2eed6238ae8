"""Challenges that need no row until they are answered: signed, bound to a browser and a purpose, taken once."""

import base64
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from idp.authn.errors import UnfitPasskey
from idp.authn.models import UsedChallenge
from idp.core import cipher
from idp.core.clock import now
from idp.core.db import db, is_postgresql, transaction
from idp.core.secrets import digest

SIGN_IN, SECOND, ADD = "sign-in", "second-step", "add"
_LIFE = timedelta(hours=1)
"""As long as a page may lie open before somebody uses it."""
_NONCE, _TIME, _SEAL = 16, 8, 32


def issue(purpose: str, holder: str) -> bytes:
    """Make a challenge for one purpose and one holder: a browser, or a person's session."""
    body = secrets.token_bytes(_NONCE) + int((now() + _LIFE).timestamp()).to_bytes(_TIME, "big")
    return body + _seal(purpose, holder, body)


def take(challenge: bytes, purpose: str, holder: str) -> None:
    """Use a challenge up; raise UnfitPasskey for one that is not ours, too old, or was answered before."""
    body, seal = challenge[: _NONCE + _TIME], challenge[_NONCE + _TIME :]
    if len(challenge) != _NONCE + _TIME + _SEAL or not hmac.compare_digest(seal, _seal(purpose, holder, body)):
        raise UnfitPasskey
    expires_at = datetime.fromtimestamp(int.from_bytes(body[_NONCE:], "big"), UTC)
    if expires_at <= now():
        raise UnfitPasskey
    into = postgresql.insert if is_postgresql() else sqlite.insert
    statement = into(UsedChallenge).values(digest=digest(body.hex()), expires_at=expires_at)
    with transaction() as session:
        taken = session.execute(statement.on_conflict_do_nothing().returning(UsedChallenge.digest)).first()
    if taken is None:
        raise UnfitPasskey


def sweep() -> int:
    """Delete what is remembered of challenges that have expired; return how many."""
    statement = delete(UsedChallenge).where(UsedChallenge.expires_at <= now())
    with transaction():
        return int(db.session.execute(statement).rowcount)  # type: ignore[attr-defined]


def encode(raw: bytes) -> str:
    """Write bytes as WebAuthn's JSON does: base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _seal(purpose: str, holder: str, body: bytes) -> bytes:
    return hmac.digest(cipher.derive("webauthn-challenge"), f"{purpose}|{holder}|".encode() + body, "sha256")
