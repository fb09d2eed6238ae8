"""The state a token request starts from, made without walking through pages: a session, a grant and its code."""

import base64
import contextlib
import hashlib
import json
import secrets
from datetime import timedelta

from sqlalchemy import select

from idp.clients import uses
from idp.clients.models import Client, ClientUse
from idp.core.clock import now
from idp.core.context import CallContext, set_context
from idp.core.db import db, transaction
from idp.oauth.tokens import store
from idp.oauth.tokens.models import Grant, RefreshToken
from idp.sessions.models import Session

NONCE = "no-1"
SCOPE = "openid profile email offline_access"


class Arranger:
    """Puts things into the database as the front channel leaves them."""

    def __init__(self, app, factory) -> None:
        self.app, self.factory = app, factory

    def session(self, user_id, **fields):
        """A live session of a person; return its id."""
        moment = now()
        values = {
            "digest": secrets.token_hex(32), "user_id": user_id, "browser_digest": secrets.token_hex(32),
            "amr": ["pwd"], "acr": "1", "auth_time": moment, "created_at": moment, "last_seen_at": moment,
            "idle_expires_at": moment + timedelta(days=30), "expires_at": moment + timedelta(days=100),
            "remember": True, **fields,
        }  # fmt: skip
        with self.context(), transaction() as session:
            row = Session(**values)
            session.add(row)
            session.flush()
            return row.id

    def code(self, rp, user_id=None, *, scope=SCOPE, session_id=None, **fields):
        """A code for an app that can be redeemed with `rp.redeem(code)`."""
        user_id = user_id or self.factory.user()
        session_id = session_id or self.session(user_id)
        rp.verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(rp.verifier.encode()).digest()).rstrip(b"=").decode()
        values = {
            "user_id": user_id, "client_id": rp.client_id, "session_id": session_id, "scope": scope,
            "redirect_uri": rp.redirect_uri, "code_challenge": challenge, "nonce": NONCE, "auth_time": now(),
            "acr": "1", "amr": ["pwd"], "offline": "offline_access" in scope.split(), **fields,
        }  # fmt: skip
        with self.context():
            return store.issue_code(store.Approval(**values))

    def tokens(self, rp, user_id=None, **fields):
        """The answer of the token endpoint to a fresh code."""
        response = rp.redeem(self.code(rp, user_id, **fields))
        assert response.status_code == 200, response.json
        return response.json

    def family(self, user_id, client_id):
        """A grant with a refresh token; return its id."""
        with self.context(), transaction() as session:
            grant = Grant(
                user_id=user_id, client_id=client_id, scope="openid offline_access", auth_time=now(), offline=True
            )
            session.add(grant)
            session.flush()
            token = RefreshToken(
                digest=secrets.token_hex(32), grant_id=grant.id, client_id=client_id, created_at=now(),
                expires_at=now() + timedelta(days=1),
            )  # fmt: skip
            session.add(token)
            return grant.id

    def run(self, function, *args, **values):
        """Call a service as a command would."""
        with self.context():
            return function(*args, **values)

    def made(self, function, *args, **values):
        """Call a service that makes a row; return its id."""
        with self.context():
            return function(*args, **values).id

    def execute(self, statement):
        """Change rows behind the services' back."""
        with self.context(), transaction() as session:
            session.execute(statement.execution_options(synchronize_session=False))

    def rows(self, statement):
        """Read rows."""
        with self.context():
            return db.session.execute(statement).all()

    def uses_out_of_step(self):
        """Name the apps whose lists say something else than the rows that tell who uses what."""
        kept = {}
        for use in self.rows(select(ClientUse.client_id, ClientUse.kind, ClientUse.name)):
            kept.setdefault(use.client_id, set()).add((use.kind, use.name))
        lists = {}
        for row in self.rows(select(Client.id, *(getattr(Client, field) for field in uses.LISTS.values()))):
            lists[row.id] = {(kind, name) for kind, field in uses.LISTS.items() for name in getattr(row, field)}
        return [name for name in kept.keys() | lists.keys() if kept.get(name, set()) != lists.get(name, set())]

    @contextlib.contextmanager
    def context(self):
        """An application and request context, as a job of the worker has it."""
        with self.app.test_request_context(base_url=self.app.extensions["idp.settings"].issuer):
            set_context(CallContext())
            yield


def part(token, number=1):
    """Read the header (0) or the claims (1) of a JWT without looking at its signature."""
    segment = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))


def refused(response, error, status=400):
    """Check the shape of a refusal: code, constant sentence, address of its explanation, nothing to be kept."""
    assert response.status_code == status, response.get_data(as_text=True)
    body = response.json
    assert body["error"] == error, body
    assert body["error_uri"].startswith("https://id.example.com/docs/reference/errors#" + error)
    assert set(body) == {"error", "error_description", "error_uri"}
    assert response.headers["Cache-Control"] == "no-store"
    assert response.mimetype == "application/json"
    return True
