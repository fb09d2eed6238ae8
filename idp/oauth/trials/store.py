"""The row of a trial: an interaction of the administrator's browser, bound to their session too, taken once."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, select, update

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.http import browser_id
from idp.core.links import absolute_url
from idp.core.secrets import digest, keyed_digest
from idp.sessions import interactions
from idp.sessions.models import Interaction, Session

LIFETIME = timedelta(minutes=10)
_SESSION = "trial_session"
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


@dataclass(frozen=True)
class Trial:
    """A trial: its id is the `state` of the request; what proves it is derived from the id, and kept nowhere."""

    id: str
    client_id: str
    user_id: str
    asked: dict[str, str]
    """What the administrator chose: grant and parameters, without any secret."""

    @property
    def verifier(self) -> str:
        """The `code_verifier` (RFC 7636 §4.1)."""
        return keyed_digest("trial-verifier", self.id)

    @property
    def nonce(self) -> str:
        """The `nonce` (OIDC Core §3.1.2.1)."""
        return keyed_digest("trial-nonce", self.id)[:32]


def callback() -> str:
    """Return the address at which trials end; it is in no app's list."""
    return absolute_url("admin.finish_trial")


def begin(client_id: str, session: Session, asked: dict[str, str]) -> Trial:
    """Write down a trial of this browser and session, with its one event."""
    browser_id()
    back = url_for("admin.try_client", client_id=client_id)
    with transaction():
        row = interactions.start(
            return_to=back, client_id=client_id, user_id=session.user_id,
            payload={_SESSION: session.id, "asked": asked},
        )  # fmt: skip
        record(
            Tag.TOOL_CLIENT_TEST, subject=f"client:{client_id}", client_id=client_id, grant=asked["grant"],
            scope=asked.get("scope"),
        )  # fmt: skip
        return Trial(row.id, client_id, session.user_id, asked)


def allows_callback(trial_id: str | None, client_id: str, redirect_uri: str, session: Session | None) -> bool:
    """Tell whether a request may end at the callback address: a live trial of this very app, browser and session."""
    if redirect_uri != callback() or session is None or not _ID.fullmatch(trial_id or ""):
        return False
    query = select(Interaction.id).where(*_live(trial_id or "", session), Interaction.client_id == client_id)
    return db.session.execute(query).first() is not None


def find(trial_id: str, session: Session) -> Trial | None:
    """Return a live trial of this browser and session, which goes on."""
    if not _ID.fullmatch(trial_id):
        return None
    query = select(Interaction.client_id, Interaction.payload).where(*_live(trial_id, session))
    return _trial(trial_id, session, db.session.execute(query).first())


def take(trial_id: str, session: Session) -> Trial | None:
    """Take a live trial of this browser and session, once and by one statement; None for every other."""
    if not _ID.fullmatch(trial_id):
        return None
    statement = (
        update(Interaction)
        .where(*_live(trial_id, session))
        .values(finished_at=now())
        .returning(Interaction.client_id, Interaction.payload)
        .execution_options(synchronize_session=False)
    )
    with transaction() as database:
        row = database.execute(statement).first()
    return _trial(trial_id, session, row)


def _live(trial_id: str, session: Session) -> list[ColumnElement[bool]]:
    moment = now()
    return [
        Interaction.id == trial_id,
        Interaction.browser_digest == digest(browser_id()),
        Interaction.user_id == session.user_id,
        Interaction.payload[_SESSION].as_string() == session.id,
        Interaction.finished_at.is_(None),
        Interaction.created_at > moment - LIFETIME,
        Interaction.expires_at > moment,
    ]


def _trial(trial_id: str, session: Session, row: Any) -> Trial | None:
    return Trial(trial_id, row.client_id, session.user_id, row.payload["asked"]) if row is not None else None
