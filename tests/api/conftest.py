"""Callers of the Admin API: owner, auditor, somebody with chosen permissions, nobody."""

import pytest
from sqlalchemy import update

from idp.access import assignments, catalogue
from idp.access import service as access
from idp.access.permissions import PERMISSIONS
from idp.accounts.importing import service as importing
from idp.accounts.lifecycle import deletion, states
from idp.accounts.models import User
from idp.api.curl import example_of, query_of
from idp.api_keys import service as keys
from idp.audit.models import Event
from idp.brand import house as brand
from idp.clients import logos
from idp.clients import service as clients
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.keyring import service as keyring
from idp.keyring.models import SigningKey, State
from idp.oauth.authorize.models import Consent
from idp.outbox import service as outbox
from idp.sessions import ending
from idp.stored_settings import service as stored
from idp.webhooks import service as webhooks
from idp.webhooks.models import WebhookDelivery
from idp.webhooks.sending import bury
from tests.audit_purge.trail import age
from tests.drawn import picture
from tests.services import test_client

OWNER = "owner@example.com"


class Api:
    """A program that calls the API with a key."""

    def __init__(self, app, key=None) -> None:
        self.app, self.http, self.key = app, test_client(app), key

    def __call__(self, method, path, body=None, *, headers=None, **values):
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if body is not None:
            values["json"] = body
        return self.http.open("/api/v1" + path, method=method, headers={**sent, **(headers or {})}, **values)

    def get(self, path, **values):
        return self("GET", path, **values)

    def post(self, path, body=None, **values):
        return self("POST", path, body, **values)

    def etag(self, path):
        return {"If-Match": self.get(path).headers["ETag"]}


class Callers:
    def __init__(self, app, factory, arrange) -> None:
        self.app, self.factory, self.arrange = app, factory, arrange
        self.owner_id = factory.user(OWNER, roles=("owner",))

    def key(self, user_id, permissions, **values):
        return self.arrange.run(keys.add_key, user_id, label="test", permissions=permissions, **values)[1]

    def owner(self):
        return Api(self.app, self.key(self.owner_id, PERMISSIONS))

    def nobody(self):
        return Api(self.app)

    def limited(self, *permissions):
        """The owner's key with these permissions only."""
        return Api(self.app, self.key(self.owner_id, permissions))

    def without_any(self):
        """The key of somebody who lost every role since it was made."""
        api = self.somebody("admin.audit.read", email="former@example.com")
        self.arrange.run(lambda: catalogue.delete_role(catalogue.get_role("former")))
        return api

    def somebody(self, *permissions, email="someone@example.com"):
        """Somebody who has exactly these permissions, with a key for all of them."""
        own = self.arrange.run(access.own_api)
        name = email.partition("@")[0]
        self.arrange.run(catalogue.create_role, name, permissions=[(own, item) for item in permissions])
        return Api(self.app, self.key(self.factory.user(email, roles=(name,)), permissions))


@pytest.fixture
def callers(app, factory, arrange):
    return Callers(app, factory, arrange)


@pytest.fixture
def owner(callers):
    return callers.owner()


class Place:
    """A house with something of everything, and the address and body that each route takes."""

    def __init__(self, callers) -> None:
        run, factory = callers.arrange.run, callers.factory
        self.callers, self.app = callers, callers.app
        self.victim = factory.user("victim@example.com", name="Vic")
        factory.totp(self.victim)
        self.client_id, _secret = factory.client_with_secret("Shop")
        self.secret_id = run(lambda: clients.add_secret(self.client_id, label="second")[0].id)
        self.role_id = run(lambda: catalogue.create_role("writer").id)
        self.group_id = run(lambda: catalogue.create_group("people").id)
        self.api_id = run(lambda: catalogue.create_api("https://api.example.com", name="Things").id)
        self.permission_id = run(lambda: catalogue.add_permission("https://api.example.com", "things.read").id)
        self.session_id = callers.arrange.session(self.victim)
        self.webhook_id = run(self.add_webhook)
        self.delivery_id = run(lambda: db.session.query(WebhookDelivery.id).first()[0])
        told = {"client_id": self.client_id, "user_id": self.victim, "session_id": self.session_id}
        self.logout_id = run(outbox.enqueue, "logout", told, subject=f"client:{self.client_id}")
        self.grant_id = callers.arrange.family(self.victim, self.client_id)
        self.key_id = run(lambda: keys.add_key(callers.owner_id, label="x", permissions=["admin.audit.read"])[0].id)
        self.import_id = callers.arrange.made(importing.hand_in, b"email\nsomebody@example.com\n")
        run(stored.change, {"tokens.access": "4m"})
        run(brand.set_logo, "light", picture())
        run(logos.set_logo, self.client_id, picture())
        self.event_id = str(run(lambda: db.session.query(Event.id).first()[0]))

    def path(self, route):
        values = {
            "user_id": self.victim, "client_id": self.client_id, "secret_id": self.secret_id, "role_id": self.role_id,
            "group_id": self.group_id, "api_id": self.api_id, "permission_id": self.permission_id,
            "session_id": self.session_id, "event_id": self.event_id, "webhook_id": self.webhook_id,
            "delivery_id": self.logout_id if route.noun == "logout-deliveries" else self.delivery_id,
            "kid": self.kid(), "grant_id": self.grant_id, "import_id": self.import_id, "key_id": self.key_id, "name": "tokens.access", "scheme": "light",
        }  # fmt: skip
        path, query = route.path.format(**values), query_of(route).replace("alice@example.com", "victim@example.com")
        return f"{path}?{query}" if query else path

    def kid(self):
        """The oldest key."""
        return self.callers.arrange.run(lambda: keyring.list_keys()[-1].kid)

    def spend_key(self):
        """Let the first key sign no more, and its last token be dead."""
        self.callers.arrange.run(keyring.prepare_next)
        self.callers.arrange.run(keyring.promote, force=True)
        self.callers.arrange.execute(
            update(SigningKey).where(SigningKey.state == State.VERIFY_ONLY).values(retire_at=now())
        )

    def add_webhook(self):
        row, _secret = webhooks.create_endpoint("hooks", url="https://hooks.example.com/", events=["webhook.tested"])
        webhooks.send_test("hooks")
        return row.id

    def allow(self):
        with transaction() as session:
            session.add(Consent(user_id=self.victim, client_id=self.client_id, scopes=["openid"], claims={}))

    def finish_delivery(self):
        bury({"delivery": self.delivery_id}, "")

    def prepare(self, route):
        """Bring things into the state from which a route does something."""
        run = self.callers.arrange.run
        given = lambda function, *values: run(function, *values, actor="system")  # noqa: E731 - short and read once
        before = {
            "enable_user": lambda: run(states.disable, self.victim),
            "unlock_user": lambda: run(states.lock, self.victim),
            "keep_user": lambda: run(deletion.begin_by_admin, self.victim),
            "enable_client": lambda: run(clients.disable_client, self.client_id),
            "promote_key": lambda: run(keyring.prepare_next),
            "retire_key": self.spend_key,
            "take_role": lambda: given(assignments.grant_role, self.victim, "writer"),
            "remove_member": lambda: given(assignments.add_member, "people", self.victim),
            "remove_group_role": lambda: given(assignments.grant_role_to_group, "people", "writer"),
            "verify_user": lambda: self.callers.arrange.execute(
                update(User).where(User.id == self.victim).values(email_verified_at=None)
            ),
            "invite_again": lambda: self.callers.arrange.execute(
                update(User).where(User.id == self.victim).values(state="invited")
            ),
            "withdraw": lambda: run(self.allow),
            "enable_webhook": lambda: run(webhooks.disable_endpoint, "hooks"),
            "redeliver": lambda: run(self.finish_delivery),
            "purge_audit": lambda: run(age),
            "read_end_of_all_sessions": lambda: run(ending.start),
            "take_permission": lambda: run(
                lambda: catalogue.add_to_role(
                    catalogue.get_role("writer"), "https://api.example.com", "things.read", actor="system"
                )
            ),
        }
        before.get(route.endpoint, lambda: None)()

    def call(self, api, route, **values):
        headers = {}
        if route.versioned:
            owner = self.callers.owner()
            headers = owner.etag(self.path(route))
        return api(route.method, self.path(route), example_of(route), headers=headers, **values)

    def count(self, tag):
        with self.app.app_context():
            return db.session.query(Event).filter(Event.tag == tag.value).count()


@pytest.fixture
def place(callers):
    return Place(callers)
