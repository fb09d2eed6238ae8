"""Back-channel logout: a session has ended, and every app that was used in it hears of it from us directly.

OpenID Connect Back-Channel Logout 1.0. The word travels by the outbox: signing out waits for nobody, and an app that is
down hears of it later.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.lookup import find_client
from idp.core import fetch
from idp.core.clock import now, timestamp
from idp.core.db import db
from idp.core.features import Feature, enabled
from idp.core.secrets import new_id
from idp.core.settings import settings
from idp.feed import service as feed
from idp.keyring import service as keyring
from idp.oauth.tokens.models import Grant
from idp.outbox import service as outbox
from idp.sessions.signals import session_ended

BACKCHANNEL = Feature(
    "backchannel_logout", "OpenID Connect Back-Channel Logout 1.0", True,
    metadata=lambda: {"backchannel_logout_supported": True, "backchannel_logout_session_supported": True},
)  # fmt: skip
KIND = "logout"
"""The kind of these deliveries in the outbox."""
TYPE = "logout+jwt"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFETIME = 120
"""Seconds a logout token can be used (§2.4 recommends at most two minutes); each try signs a new one."""
_WORTH_TELLING = timedelta(hours=24)


def connect() -> None:
    """Listen; safe to call again for another application of the same process."""
    session_ended.connect(_tell_apps)


def _tell_apps(_sender: Any, *, session_id: str, user_id: str, **_more: Any) -> None:
    """Put one delivery for each app that was used in the session beside the end of the session itself."""
    if not enabled(BACKCHANNEL):
        return
    used = select(Grant.client_id).where(Grant.session_id == session_id).distinct()
    for client_id in db.session.execute(used).scalars().all():
        if _address(client_id):
            outbox.enqueue(
                KIND, {"client_id": client_id, "user_id": user_id, "session_id": session_id},
                expires_at=now() + _WORTH_TELLING, subject=f"client:{client_id}",
            )  # fmt: skip


@outbox.handler(KIND, calls=True)
def deliver(payload: dict[str, Any], _delivery_id: str) -> None:
    """Tell one app; an app that is gone, off or wants no such word any more is not asked.

    Raises FetchError or Refusal, and is tried again, when the app does not take it (§2.8: anything but 200 or 204).
    """
    # The worker answers no requests, so that nobody else tells its cache of clients what has changed.
    feed.sync()
    address = _address(payload["client_id"])
    if address is None:
        return
    body = urlencode({"logout_token": sign_logout_token(**payload)}).encode()
    status = fetch.post(address, body, {"Content-Type": "application/x-www-form-urlencoded"})
    if status not in {200, 204}:
        raise fetch.FetchError(f"answer {status}")


@outbox.dead_letter(KIND)
def give_up(payload: dict[str, Any], _delivery_id: str) -> None:
    """Leave in the trail that an app never took the word."""
    client_id, user_id = payload["client_id"], payload["user_id"]
    record(Tag.LOGOUT_GIVEN_UP, subject=f"user:{user_id}", client_id=client_id, session_id=payload["session_id"])


def sign_logout_token(*, client_id: str, user_id: str, session_id: str) -> str:
    """Sign a logout token (§2.4): it names person and session, and never holds a nonce."""
    moment = timestamp()
    claims = {
        "iss": settings().issuer, "sub": user_id, "aud": client_id, "iat": moment, "exp": moment + LIFETIME,
        "jti": new_id(), "sid": session_id, "events": {EVENT: {}},
    }  # fmt: skip
    return keyring.sign(claims, typ=TYPE)


def _address(client_id: str) -> str | None:
    client = find_client(client_id)
    if client is None or not client.is_enabled:
        return None
    address: str | None = client.metadata.get("backchannel_logout_uri")
    return address
