"""Every route of the console: its permission, what it asks first, and the one event it leaves."""

import json
import re

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import update

from idp.access import assignments, catalogue
from idp.access import service as access
from idp.access.permissions import PERMISSIONS
from idp.accounts import states, undo
from idp.accounts.importing import service as importing
from idp.accounts.models import User
from idp.admin.clients import tabs as client_tabs
from idp.admin.nav import NAV
from idp.admin.people import tabs as people_tabs
from idp.admin.routes import ANY, ROUTES
from idp.api_keys import service as api_keys
from idp.audit.models import Event
from idp.audit.reading import Wanted
from idp.audit.tags import Tag
from idp.audit_files import service as audit_files
from idp.authn.models import TotpAuthenticator
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
from tests.factories import PASSWORD

API = "https://articles.example.com"
OWNER, VICTIM = "owner@example.com", "victim@example.com"


OF_KEYS = {"save_keys", "fetch_client_keys"}
"""What is done to an app with keys of its own."""


def public_keys(kid):
    """A JWK Set of one new public key."""
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})
    return {"keys": [key.as_dict(private=False)]}


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
            "kid": self.active_kid(), "file_id": self.file_id,
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
            "give_role": self.add_writer,
            "verify_user": self.unverify,
            "give_role_to_users": self.add_writer,
            "give_group_role": self.add_writer,
            "remove_second_step": lambda: self.factory.totp(self.victim),
            "reset_setting": lambda: run(stored.change, {"brand.name": "Before"}),
            "promote_key": lambda: run(keyring.prepare_next),
            "enable_webhook": lambda: run(webhooks.disable_endpoint, "editor"),
            "redeliver": self.finish_delivery,
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
            "give_role": lambda: {"role": "writer"},
            "create_role": lambda: {"name": "painter", "title": "Painter"},
            "save_role": lambda: {"title": "Chief editor", "version": "1"},
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
            "remove_permission": lambda: {"name": "articles.read"},
            "save_permission": lambda: {"title": "Read articles", "description": "All of them", "version": "1"},
            "give_role_here": lambda: {"person": OWNER},
            "delete_api": lambda: {"typed": API},
            "end_sessions": lambda: {"session": self.session_id},
            "disable_users": lambda: {"user": self.victim},
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
            "save_client": lambda: {"name": "Shop 2", **app, "version": self.client_version()},
            "delete_client": lambda: {"typed": "Shop"},
            "save_settings": lambda: {"brand.name": "New house", "version": self.settings_version()},
            "reset_setting": lambda: {"name": "brand.name", "version": self.settings_version()},
            "create_webhook": lambda: {"name": "crm", **hook},
            "save_webhook": lambda: {**hook, "version": self.webhook_version()},
            "delete_webhook": lambda: {"typed": "editor"},
            "emergency": lambda: {"typed": self.active_kid()},
            "revoke_all": lambda: {"typed": "id.example.com"},
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

    def active_kid(self):
        with self.app.app_context():
            return keyring.active_kid()

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


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


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


every_act = pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.event], ids=lambda route: f"{route.method} {route.rule}"
)


def test_every_route_of_the_console_is_in_the_table(app):
    known = {(route.method, f"admin.{route.endpoint}") for route in ROUTES}
    served = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/admin")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert served == known
    assert all(route.permission in PERMISSIONS or route.permission == ANY for route in ROUTES)


def test_a_stranger_is_sent_to_sign_in(client, house):
    for route in ROUTES:
        if route.method == "GET":
            response = client.get(house.address(route))
            assert response.status_code == 303, route
            assert "/login" in response.headers["Location"]
        else:
            assert client.post(house.address(route)).status_code == 403, route


@pytest.mark.parametrize("permission", sorted({route.permission for route in ROUTES}))
def test_without_the_permission_a_route_is_closed_and_nothing_happens(house, permission):
    others = [] if permission == ANY else [name for name in PERMISSIONS if name != permission]
    browser, token = somebody(house, others), None
    for route in [route for route in ROUTES if route.permission == permission]:
        before = house.count(route.event) if route.event else 0
        if route.method == "GET":
            browser.get(house.address(route))
            assert browser.status == 403, route
        else:
            token = token or token_of(browser)
            values = {**house.prepare(route), "csrf_token": token}
            before = house.count(route.event) if route.event else 0
            response = browser.http.post(house.address(route), data=values, base_url=browser.issuer)
            assert response.status_code == 403, route
        if route.event:
            assert house.count(route.event) == before, route


def test_navigation_shows_what_one_may_see(house):
    browser = somebody(house, ["admin.keys.read"])
    browser.get("/admin")
    side = browser.text.split('<nav class="side"')[1].split("</nav>")[0]
    shown = {entry.name for entry in NAV if f">{entry.label}</a>" in side or f"{entry.label}</a>" in side}
    assert shown == {"dashboard", "keys", "api_keys"}


def test_pages_open_to_an_owner(house, browser):
    browser.sign_in(OWNER)
    for route in ROUTES:
        if route.method == "GET" and route.endpoint != "finish_trial":  # open to a live trial only: test_try.py
            browser.get(house.address(route))
            assert browser.status == 200, (route, browser.text[:500])


@every_act
def test_every_act_leaves_its_event_once_and_names_who_did_it(house, browser, route, clock):
    is_undo = route.endpoint.startswith("undo_")
    form = None if is_undo else house.prepare(route)
    clock.advance(20 * 60)  # a next key is known to everybody by then
    form = house.prepare(route) if is_undo else form
    browser.sign_in(OWNER)
    before = house.count(route.event)
    response = post(browser, house.address(route), form)
    assert response.status_code in {200, 303}, response.get_data(as_text=True)[:800]
    assert house.count(route.event) == before + 1
    with house.app.app_context():
        newest = db.session.query(Event).filter(Event.tag == route.event.value).order_by(Event.id.desc()).first()
        assert newest.actor == f"user:{house.owner}"


def test_marked_routes_ask_who_it_is_after_ten_minutes(house, browser, clock):
    browser.sign_in(OWNER)
    token = token_of(browser)
    clock.advance(11 * 60)
    for route in [route for route in ROUTES if route.sudo]:
        if route.method == "GET":
            browser.get(house.address(route))
            assert browser.path == "/reauth", route
            continue
        before = house.count(route.event) if route.event else 0
        response = browser.http.post(house.address(route), data={"csrf_token": token}, base_url=browser.issuer)
        assert "/reauth" in response.headers["Location"], route
        assert not route.event or house.count(route.event) == before


def test_the_console_rests_on_its_own_while_the_session_goes_on(house, browser, clock):
    browser.sign_in(OWNER)
    for _number in range(3):
        clock.advance(10 * 60)
        browser.get("/admin/keys")
        assert browser.path == "/admin/keys"
    clock.advance(16 * 60)
    browser.get("/admin/keys")
    assert browser.path == "/reauth"
    browser.get("/account")
    assert browser.status == 200
    browser.get("/admin/keys")
    browser.submit("password", password=PASSWORD)
    assert browser.path == "/admin/keys"


def test_a_visit_of_another_session_does_not_count(house, browser, clock):
    browser.sign_in(OWNER)
    browser.get("/admin")
    stale = browser.http.get_cookie("__Host-idp_console", domain="id.example.com", path="/").value
    clock.advance(14 * 60)
    other = Browser(house.app)
    other.sign_in(OWNER)
    clock.advance(16 * 60)
    for value in (stale, "x", ""):
        other.http.set_cookie("__Host-idp_console", value, domain="id.example.com", path="/", secure=True)
        other.get("/admin/keys")
        assert other.path == "/reauth"


def test_the_console_takes_a_second_step_in_production(make_app, factory, app):
    seed = factory.totp(factory.user(OWNER, roles=("owner",)), on=False)
    browser = Browser(make_app(admin={"require_second_step": "always"}))
    browser.sign_in(OWNER)
    browser.get("/admin/keys")
    assert browser.path == "/login/verify"
    browser.submit("code", code=factory.code(seed))
    assert browser.path == "/admin/keys"


def test_who_has_no_second_step_sets_one_up_at_the_door(make_app, factory, app):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(make_app(admin={"require_second_step": "always"}))
    browser.sign_in(OWNER)
    browser.get("/admin")
    assert browser.path == "/login/required/enrol"


def test_nobody_changes_the_account_of_somebody_who_may_do_more(house, factory):
    """Who takes an owner's second step away and mails a reset is a step away from being an owner."""
    factory.totp(house.owner)
    browser = somebody(house, ["admin.users.read", "admin.users.write", "admin.sessions.revoke"])
    for deed in ("disable", "reset", "reset/link", "data", "sign-out", "second-step/remove", "delete", "edit"):
        assert post(browser, f"/admin/users/{house.owner}/{deed}", {"typed": OWNER, "reason": "x"}).status_code == 403
    with house.app.app_context():
        assert db.session.query(TotpAuthenticator).filter_by(user_id=house.owner).count() == 1


def test_nobody_gives_a_role_above_their_own(house):
    browser = somebody(house, ["admin.users.read", "admin.roles.read", "admin.roles.write"])
    assert post(browser, f"/admin/users/{house.victim}/roles", {"role": "owner"}).status_code == 403


def test_a_developer_cannot_spare_people_the_question_of_consent(house):
    """Who may add apps could otherwise add one that takes everybody's tokens unasked."""
    browser = somebody(house, ["admin.clients.read", "admin.clients.write"])
    form = {"name": "Trap", "redirect_uris": "https://trap.example.com/cb", "scopes": "openid", "first_party": "y"}
    assert post(browser, "/admin/clients/new", {**form, "type": "web"}).status_code == 200
    with house.app.app_context():
        trap = next(row for row in clients.list_clients() if row.name == "Trap")
        assert not trap.first_party
    edit = {**form, "version": str(trap.version)}
    assert post(browser, f"/admin/clients/{trap.id}/edit", edit).status_code == 303
    with house.app.app_context():
        assert not clients.get_client(trap.id).first_party
    third = {**form, "type": "web", "at": "2", "go": "3"}
    answer = post(browser, "/admin/clients/new/step", third)
    assert "Review" in answer.text
    assert '<input id="first_party"' not in answer.text


def test_tabs_that_one_may_not_see_are_absent(house, browser):
    browser.sign_in(OWNER)
    for tabs, path in (
        (client_tabs.TABS, f"/admin/clients/{house.client_id}"), (people_tabs.TABS, f"/admin/users/{house.victim}"),
    ):  # fmt: skip
        browser.get(path)
        assert [str(tab.label) for tab in tabs if f">{tab.label}</a>" in browser.text] == [str(t.label) for t in tabs]
    few = somebody(house, ["admin.clients.read", "admin.clients.secrets"])
    few.get(f"/admin/clients/{house.client_id}")
    nav = few.text.split('aria-label="This app"')[1].split("</nav>")[0]
    assert re.findall(r">([^<]+)</a>", nav) == ["Overview", "Secrets and keys", "Access"]


@pytest.mark.parametrize("version", ["9" * 30, "9" * 5000, "\uff11", "-1", "x", ""])
@pytest.mark.parametrize("what", ["users", "clients", "webhooks"])
def test_a_made_up_version_is_a_lost_update(house, browser, what, version):
    browser.sign_in(OWNER)
    form = house.forms()[{"users": "save_user", "clients": "save_client", "webhooks": "save_webhook"}[what]]()
    thing = {"users": house.victim, "clients": house.client_id, "webhooks": "editor"}[what]
    answer = post(browser, f"/admin/{what}/{thing}/edit", {**form, "version": version})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("path", "status"),
    [("/admin/audit?until=9999-12-31", 200), ("/account/activity?until=9999-12-31", 200),
     ("/admin/audit/" + "9" * 30, 404), ("/admin/audit/x", 404), ("/admin/audit?after=" + "9" * 30, 200)],
)  # fmt: skip
def test_a_number_or_a_day_without_end_is_no_error(house, browser, path, status):
    browser.sign_in(OWNER)
    browser.get(path)
    assert browser.status == status
