"""Every route of the console: its permission, what it asks first, and the one event it leaves."""

import re

import pytest

from idp.access.permissions import ANY, PERMISSIONS, covers
from idp.admin.clients import tabs as client_tabs
from idp.admin.nav import NAV
from idp.admin.people import tabs as people_tabs
from idp.admin.routes import ROUTES
from idp.audit.models import Event
from idp.authn.models import TotpAuthenticator
from idp.clients import service as clients
from idp.core.db import db
from tests.actors import Browser
from tests.admin.house import AS_IT_WAS, OWNER, House, post, somebody, token_of
from tests.drawn import answer_with_a_picture
from tests.factories import PASSWORD


@pytest.fixture
def house(app, factory, arrange, monkeypatch):
    monkeypatch.setattr("idp.core.fetch.fetch", answer_with_a_picture)
    return House(app, factory, arrange)


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
    others = [] if permission == ANY else [name for name in PERMISSIONS if not covers([name], permission)]
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
    assert house.arrange.uses_out_of_step() == []
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
    edit = {**form, **AS_IT_WAS, "version": str(trap.version)}
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
