"""A house with something of everything in it, and what each act of the console takes."""

import io
import json
import re

from joserfc.jwk import ECKey
from sqlalchemy import update

from idp.access import assignments, catalogue
from idp.access import service as access
from idp.accounts.importing import service as importing
from idp.accounts.lifecycle import deletion, states, undo
from idp.accounts.models import User
from idp.api_keys import service as api_keys
from idp.audit.models import Event
from idp.audit.reading import Wanted
from idp.audit.tags import Tag
from idp.audit_files import service as audit_files
from idp.brand import house as brand
from idp.clients import logos
from idp.clients import service as clients
from idp.core.context import CallContext, set_context
from idp.core.db import db
from idp.keyring import service as keyring
from idp.outbox import service as outbox
from idp.stored_settings import service as stored
from idp.stored_settings.catalogue import on_tab
from idp.webhooks import service as webhooks
from idp.webhooks.models import WebhookDelivery
from idp.webhooks.sending import bury
from tests.actors import Browser
from tests.audit_purge.trail import age
from tests.drawn import LOGO, picture

API = "https://articles.example.com"
OWNER, VICTIM = "owner@example.com", "victim@example.com"


OF_KEYS = {"save_keys", "fetch_client_keys"}
"""What is done to an app with keys of its own."""
OF_SPENT_KEYS = {"ask_retire", "retire_key"}
"""What is done to a signing key that signs no more."""

AS_IT_WAS = {"grant_types": ["authorization_code", "refresh_token"], "require_pkce": "y"}
"""The boxes of a web app that a form which leaves them alone sends."""


def public_keys(kid):
    """A JWK Set of one new public key."""
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})
    return {"keys": [key.as_dict(private=False)]}


def private_pem():
    """A new private key that another provider may have signed with."""
    return ECKey.generate_key("P-256").as_pem(private=True).decode()


class House:
    """A house with something to look at, and what each route's address takes."""

    def __init__(self, app, factory, arrange) -> None:
        self.app, self.factory, self.arrange = app, factory, arrange
        self.owner = factory.user(OWNER, roles=("owner",))
        self.victim = factory.user(VICTIM, name="Vic")
        self.client_id, _secret = factory.client_with_secret("Shop")
        _row, _value = arrange.run(clients.add_secret, self.client_id, label="second")
        arrange.run(catalogue.create_role, "editor", title="Editor")
        arrange.run(assignments.grant_role, self.victim, "editor", actor="system")
        self.session_id = arrange.session(self.victim)
        arrange.run(
            webhooks.create_endpoint, "editor", url="https://hooks.example.com/", events=["webhook.tested", "api.*"]
        )
        arrange.run(webhooks.send_test, "editor")
        told = {"client_id": self.client_id, "user_id": self.victim, "session_id": self.session_id}
        self.delivery_id = arrange.run(outbox.enqueue, "logout", told, subject=f"client:{self.client_id}")
        self.grant_id = arrange.family(self.victim, self.client_id)
        self.api_id = arrange.made(catalogue.create_api, API, name="Articles")
        self.permission_id = arrange.made(catalogue.add_permission, API, "articles.read")
        self.group_id = arrange.made(catalogue.create_group, "staff")
        arrange.run(assignments.add_member, "staff", self.victim, actor="system")
        arrange.run(assignments.grant_role_to_group, "staff", "editor", actor="system")
        self.job_id = arrange.made(importing.hand_in, b"email\nsomebody@example.com\n")
        self.key_id = arrange.run(lambda: self.add_key().id)
        self.file_id, parts = arrange.run(audit_files.begin, "jsonl", Wanted(), {})
        arrange.run(list, parts)
        self.robot_id, _none = factory.client_with_secret(
            "Robot", type="machine", redirect_uris=[], post_logout_redirect_uris=[], scopes=[],
            token_endpoint_auth_method="private_key_jwt", jwks=public_keys("first"),
        )  # fmt: skip

    def address(self, route):
        values = {
            "user_id": self.victim, "client_id": self.robot_id if route.endpoint in OF_KEYS else self.client_id, "session_id": self.session_id,
            "delivery_id": self.delivery_id, "message_id": self.message_id(), "name": "editor", "role": "editor", "tab": "general",
            "event_id": self.event_id(), "secret_id": self.secret_id(),
            "job_id": self.job_id, "grant_id": self.grant_id,
            "api_id": self.api_id, "group_id": self.group_id, "permission_id": self.permission_id, "key_id": self.key_id,
            "scheme": "light", "kid": self.spent_kid() if route.endpoint in OF_SPENT_KEYS else self.active_kid(), "file_id": self.file_id,
        }  # fmt: skip
        return "/admin" + re.sub(r"<(\w+)>", lambda found: values[found[1]], route.rule)

    def add_key(self):
        return api_keys.add_key(self.owner, label="report", permissions=["admin.audit.read"], actor="system")[0]

    def event_id(self):
        with self.app.app_context():
            return str(db.session.query(Event.id).first()[0])

    def secret_id(self):
        with self.app.app_context():
            return clients.list_secrets(self.client_id)[0].id

    def message_id(self):
        with self.app.app_context():
            return db.session.query(WebhookDelivery.id).order_by(WebhookDelivery.id).first()[0]

    def finish_delivery(self):
        with self.app.app_context():
            bury({"delivery": self.message_id()}, "")

    def webhook_version(self):
        with self.app.app_context():
            return str(webhooks.get_endpoint("editor").version)

    def count(self, tag):
        with self.app.app_context():
            return db.session.query(Event).filter(Event.tag == tag.value).count()

    def prepare(self, route):
        """Bring things into the state from which a route does something; return what is posted."""
        run = self.arrange.run
        before = {
            "enable_user": lambda: run(states.disable, self.victim),
            "unlock_user": lambda: run(states.lock, self.victim),
            "enable_client": lambda: run(clients.disable_client, self.client_id),
            "keep_user": lambda: run(deletion.begin_by_admin, self.victim),
            "give_role": self.add_writer,
            "verify_user": self.unverify,
            "invite_again": self.take_back_to_invited,
            "give_role_to_users": self.add_writer,
            "give_group_role": self.add_writer,
            "remove_second_step": lambda: self.factory.totp(self.victim),
            "reset_setting": lambda: run(stored.change, {"brand.name": "Before"}),
            "promote_key": lambda: run(keyring.prepare_next),
            "enable_webhook": lambda: run(webhooks.disable_endpoint, "editor"),
            "redeliver": self.finish_delivery,
            "remove_house_logo": lambda: run(brand.set_logo, "light", picture()),
            "remove_client_logo": lambda: run(logos.set_logo, self.client_id, picture()),
            "fetch_client_logo": lambda: run(clients.update_client, self.client_id, {"logo_uri": LOGO}),
            "purge_audit": lambda: run(age),
        }
        if route.endpoint in before:
            before[route.endpoint]()
        if route.endpoint in {"undo_disable_user", "undo_take_role"}:
            return {"undo": self.undo(route.endpoint)}
        return self.forms().get(route.endpoint, dict)()

    def forms(self):
        """What is posted to each route that takes something."""
        app = {"redirect_uris": "https://rp.example.com/callback", "scopes": "openid"}
        hook = {"label": "CRM", "url": "https://crm.example.com/idp", "events": "role.*"}
        return {
            "set_house_logo": lambda: {"light-picture": (io.BytesIO(picture()), "logo.png")},
            "set_client_logo": lambda: {"picture": (io.BytesIO(picture()), "logo.png")},
            "give_role": lambda: {"role": "writer"},
            "create_role": lambda: {"name": "painter", "title": "Painter"},
            "save_role": lambda: {"title": "Chief editor", "version": "1"},
            "require_second_step_of_role": lambda: {"required": "yes"},
            "save_includes": lambda: {"includes": "support", "version": "1"},
            "delete_role": lambda: {"typed": "editor"},
            "create_group": lambda: {"name": "crew"},
            "save_group": lambda: {"title": "Staff", "version": "1"},
            "add_member": lambda: {"person": OWNER},
            "remove_member": lambda: {"user": self.victim},
            "give_group_role": lambda: {"role": "writer"},
            "take_group_role": lambda: {"role": "editor"},
            "delete_group": lambda: {"typed": "staff"},
            "create_api": lambda: {"identifier": "https://new.example.com", "lifetime": "600"},
            "save_api": lambda: {"name": "Essays", "lifetime": "", "version": "1"},
            "add_permission": lambda: {"name": "articles.write", "title": "Write"},
            "remove_permission": lambda: {"typed": "articles.read"},
            "save_permission": lambda: {"title": "Read articles", "description": "All of them", "version": "1"},
            "give_role_here": lambda: {"person": OWNER},
            "delete_api": lambda: {"typed": API},
            "end_sessions": lambda: {"session": self.session_id},
            "disable_users": lambda: {"user": self.victim},
            "export_chosen": lambda: {"user": self.victim, "format": "csv"},
            "give_role_to_users": lambda: {"user": self.victim, "role": "writer"},
            "add_api_key": lambda: {"label": "report", "days": "90", "permissions": "admin.users.read"},
            "invite_user": lambda: {"email": "new@example.com", "name": "New", "role": ""},
            "save_user": lambda: {"name": "Victor", "username": "", "email": VICTIM, "version": self.version()},
            "remove_second_step": lambda: {"reason": "lost phone"},
            "delete_user": lambda: {"typed": VICTIM},
            "create_client": lambda: {"type": "web", "name": "New app", **app},
            "create_client_from_metadata": lambda: {
                "metadata": '{"client_name": "Pasted", "redirect_uris": ["https://rp.example.com/callback"]}'
            },
            "save_access": lambda: {"allowed_roles": "editor", "version": self.client_version()},
            "save_keys": lambda: {"jwks": json.dumps(public_keys("second")), "version": "1"},
            "save_client": lambda: {"name": "Shop 2", **app, **AS_IT_WAS, "version": self.client_version()},
            "delete_client": lambda: {"typed": "Shop"},
            "save_settings": lambda: {"brand.name": "New house", "version": self.settings_version()},
            "reset_setting": lambda: {"name": "brand.name", "version": self.settings_version()},
            "create_webhook": lambda: {"name": "crm", **hook},
            "save_webhook": lambda: {**hook, "version": self.webhook_version()},
            "delete_webhook": lambda: {"typed": "editor"},
            "import_key": lambda: {"pem": private_pem(), "purpose": "next"},
            "retire_key": lambda: {"typed": self.spent_kid()},
            "emergency": lambda: {"typed": self.active_kid()},
            "revoke_all": lambda: {"typed": "id.example.com"},
            "purge_audit": lambda: {"before": "2025-01-01", "typed": "id.example.com"},
            "plan_manifest": lambda: {"text": '[[groups]]\nname = "crew"'},
            "begin_trial": lambda: {"grant": "authorization_code", "scope": "openid"},
            "save_matrix": lambda: {"cell": f"editor|{self.api()}|admin.users.read", "seen": self.seen()},
        }

    def undo(self, endpoint):
        """Do what is undone, as the owner; return the token that undoes it."""
        with self.arrange.context():
            set_context(CallContext(actor=f"user:{self.owner}"))
            if endpoint == "undo_disable_user":
                states.disable(self.victim)
                return undo.offer(Tag.ACCOUNT_DISABLED, self.victim)
            assignments.revoke_role(self.victim, "editor")
            return undo.offer(Tag.ROLE_REVOKED, self.victim, role="editor")

    def add_writer(self):
        with self.arrange.context():
            if not any(row.name == "writer" for row in catalogue.list_roles()):
                catalogue.create_role("writer")

    def unverify(self):
        self.arrange.execute(update(User).where(User.id == self.victim).values(email_verified_at=None))

    def take_back_to_invited(self):
        self.arrange.execute(update(User).where(User.id == self.victim).values(state="invited"))

    def active_kid(self):
        with self.app.app_context():
            return keyring.active_kid()

    def spent_kid(self):
        """A key that only verifies; the first that is asked for makes it."""

        def of_state(state):
            return [row.kid for row in keyring.list_keys() if row.state == state]

        run = self.arrange.run
        if not run(of_state, "verify_only"):
            _next = run(of_state, "next") or run(keyring.prepare_next)
            run(keyring.promote, force=True)
        return run(of_state, "verify_only")[0]

    def settings_version(self):
        with self.app.app_context():
            return str(stored.version_of(choice.name for choice in on_tab("general")))

    def version(self):
        from idp.accounts.service import get_user

        with self.app.app_context():
            return str(get_user(self.victim).version)

    def client_version(self):
        with self.app.app_context():
            return str(clients.get_client(self.client_id).version)

    def api(self):
        with self.app.app_context():
            return access.own_api()

    def seen(self):
        from idp.admin.roles import views

        with self.app.test_request_context(base_url="https://id.example.com"):
            return views._seen()


def somebody(house, permissions):
    """A browser of somebody with exactly these permissions of ours."""
    email = "someone@example.com"
    house.arrange.run(
        catalogue.create_role, "someone", permissions=[(house.api(), name) for name in permissions]
    ) if permissions else None
    house.factory.user(email, roles=("someone",) if permissions else ())
    browser = Browser(house.app)
    browser.sign_in(email)
    return browser


def token_of(browser):
    browser.get("/account/profile")
    return re.search(r'name="csrf_token" value="([^"]+)"', browser.text)[1]


def post(browser, address, form):
    response = browser.http.post(address, data={**form, "csrf_token": token_of(browser)}, base_url=browser.issuer)
    # A file that is streamed keeps its request open until somebody has read it.
    response.get_data()
    return response
