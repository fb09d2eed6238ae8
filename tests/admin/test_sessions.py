"""Sessions and tokens in the console: found by whose they are, ended one, some or all."""

import re

import pytest
from sqlalchemy import update

from idp.audit.service import find_events
from idp.core.clock import now
from idp.core.context import CallContext
from idp.core.db import db
from idp.jobs import service as jobs
from idp.oauth.logout.backchannel import KIND
from idp.oauth.tokens.models import Grant
from idp.outbox import service as outbox
from idp.outbox.models import Delivery
from idp.sessions import service
from idp.sessions.models import Session
from tests.actors import Browser
from tests.admin.house import post

OWNER = "owner@example.com"


@pytest.fixture
def browser(app, factory):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def live(app, model, column):
    with app.app_context():
        return db.session.query(model).filter(column.is_(None)).count()


def test_everybody_is_signed_out_but_who_says_so(app, browser, factory, arrange):
    for _number in range(5):
        arrange.session(factory.user(password=None))
    browser.get("/admin/sessions/revoke")
    assert "5 sessions end." in browser.text
    assert post(browser, "/admin/sessions/revoke", {"typed": "wrong"}).status_code == 409
    assert post(browser, "/admin/sessions/revoke", {"typed": "id.example.com"}).status_code == 303
    browser.get("/admin/sessions")
    assert "0 of 5 sessions" in browser.text
    with app.test_request_context(base_url=browser.issuer):
        while jobs.run_due():
            pass
    assert live(app, Session, Session.ended_at) == 1
    assert browser.get("/admin/sessions") is not None
    assert browser.status == 200


def facts(browser):
    text = browser.text.split("<main")[1]
    assert browser.status == 200
    return dict(re.findall(r"<dt>(\w[\w ]*)</dt><dd>(\d+)</dd>", text)), " data-watch=" in text


def test_the_end_of_all_sessions_shows_how_far_it_has_come(app, browser, factory, arrange, clock):
    browser.get("/admin/sessions/ending")
    assert "Nobody has signed everybody out lately." in browser.text
    earlier = arrange.run(outbox.enqueue, KIND, {}, subject="client:before")
    arrange.execute(update(Delivery).where(Delivery.id == earlier).values(outcome="dead", finished_at=now()))
    clock.advance(5)
    for _number in range(5):
        arrange.session(factory.user(password=None))
    answer = post(browser, "/admin/sessions/revoke", {"typed": "id.example.com"})
    assert answer.headers["Location"] == "/admin/sessions/ending"
    browser.get("/admin/sessions/ending")
    assert "0 of 5 sessions" in browser.text
    assert facts(browser) == ({"waiting": "0", "arrived": "0", "given up": "0"}, True)
    assert 'http-equiv="refresh"' in browser.text
    told = [arrange.run(outbox.enqueue, KIND, {}, subject="client:shop") for _number in range(3)]
    for delivery, outcome in zip(told, ("delivered", "expired"), strict=False):
        arrange.execute(update(Delivery).where(Delivery.id == delivery).values(outcome=outcome, finished_at=now()))
    with app.test_request_context(base_url=browser.issuer):
        while jobs.run_due():
            pass
    browser.get("/admin/sessions/ending")
    assert "5 of 5 sessions" in browser.text
    assert facts(browser) == ({"waiting": "1", "arrived": "1", "given up": "1"}, True)
    clock.advance(11 * 60)
    browser.get("/admin/sessions/ending")
    assert facts(browser)[1] is False, "an app that does not answer is asked for hours"


def test_tokens_show_their_rotations_and_whether_one_was_used_twice(app, browser, factory, arrange, rp):
    alice = factory.user("alice@example.com")
    first = arrange.tokens(rp, alice)["refresh_token"]
    assert rp.refresh(first).status_code == 200
    browser.get("/admin/tokens?person=alice@example.com&state=live")
    assert "1 time<" in browser.text
    assert post(browser, f"/admin/sessions/revoke?client={rp.client_id}", {"typed": "Demo Shop"}).status_code == 303
    assert live(app, Grant, Grant.revoked_at) == 0
    browser.get(f"/admin/tokens?client={rp.client_id}&state=live")
    assert "alice" not in browser.text.split("<main")[1].split("Nothing matches")[1]


def test_who_is_no_owner_ends_nothing_of_an_owners(app, browser, factory, arrange, rp):
    owner = factory.user("boss@example.com", roles=("owner",))
    arrange.tokens(rp, owner)
    factory.user("help@example.com", roles=("support",))
    helper = Browser(app)
    helper.sign_in("help@example.com")
    for query, typed in (
        ("", "id.example.com"),
        (f"?client={rp.client_id}", "Demo Shop"),
        (f"?user={owner}", "boss@example.com"),
    ):
        assert post(helper, f"/admin/sessions/revoke{query}", {"typed": typed}).status_code == 403
    assert live(app, Grant, Grant.revoked_at) == 1


def test_chosen_sessions_end_after_one_more_look(app, browser, factory, arrange):
    alice, bob = factory.user("alice@example.com"), factory.user("bob@example.com", password=None)
    ids = [arrange.session(alice), arrange.session(alice), arrange.session(bob)]
    page = post(browser, "/admin/sessions/bulk", {"session": [*ids[1:], "nothing", "9" * 3000]}).get_data(as_text=True)
    assert page.count('name="session"') == 2
    assert live(app, Session, Session.ended_at) == 4
    assert post(browser, "/admin/sessions/bulk/end", {"session": ids[1:]}).status_code == 303
    assert live(app, Session, Session.ended_at) == 2
    assert "No session was chosen." in post(browser, "/admin/sessions/bulk", {"session": ids[1:]}).get_data(
        as_text=True
    )


def test_chosen_sessions_end_all_or_none(app, browser, factory, arrange):
    mine, theirs = arrange.session(factory.user("alice@example.com")), arrange.session(factory.user(roles=("owner",)))
    factory.user("help@example.com", roles=("support",))
    helper = Browser(app)
    helper.sign_in("help@example.com")
    before = live(app, Session, Session.ended_at)
    assert post(helper, "/admin/sessions/bulk/end", {"session": [mine, theirs]}).status_code == 403
    assert live(app, Session, Session.ended_at) == before
    with app.app_context():
        assert find_events(tag="role.refused", limit=1)


def at(browser, ip):
    """Let a browser be at an address."""
    browser.http.environ_base = {**browser.http.environ_base, "REMOTE_ADDR": ip}
    return browser


def risks(app, user_id):
    """Of each session of a person: whether it is risky, where it began, and after how many failed tries."""
    with app.app_context():
        rows = db.session.query(Session).filter_by(user_id=user_id).order_by(Session.id)
        return [(row.risky, row.network, row.failed_before) for row in rows]


def fail(app, ip, times=1):
    stranger = at(Browser(app), ip)
    for _number in range(times):
        stranger.sign_in("alice@example.com", "not her password")


def test_a_new_network_after_failed_tries_is_found_and_says_why(app, browser, factory):
    alice = factory.user("alice@example.com")
    at(Browser(app), "203.0.113.7").sign_in("alice@example.com")
    fail(app, "198.51.100.1", 2)
    at(Browser(app), "203.0.113.99").sign_in("alice@example.com")  # her own network, another browser
    browser.get("/admin/sessions?risk=yes")
    assert "Nothing matches" in browser.text
    at(Browser(app), "198.51.100.1").sign_in("alice@example.com")
    assert risks(app, alice) == [
        (False, "203.0.113.0/24", 0), (False, "203.0.113.0/24", 0), (True, "198.51.100.0/24", 2),
    ]  # fmt: skip
    browser.get("/admin/sessions?risk=yes")
    assert "1 in all" in browser.text
    assert browser.text.count(f'/admin/users/{alice}"') == 1
    assert "new network, after 2 failed tries in the day before" in browser.text
    browser.get(f"/admin/users/{alice}/sessions")
    assert browser.text.count(">risky<") == 1
    assert "new network, after 2 failed tries in the day before" in browser.text


def test_her_own_browser_in_a_new_network_counts_too(app, factory, arrange):
    alice, hers = factory.user("alice@example.com"), at(Browser(app), "203.0.113.7")
    hers.sign_in("alice@example.com")
    arrange.run(service.end_all, alice, "signed_out")
    fail(app, "198.51.100.1")
    at(hers, "192.0.2.1").sign_in("alice@example.com")
    assert risks(app, alice)[-1] == (True, "192.0.2.0/24", 1)


def test_a_thiefs_second_visit_is_no_more_usual_than_the_first(app, factory, arrange):
    alice = factory.user("alice@example.com")
    at(Browser(app), "203.0.113.7").sign_in("alice@example.com")
    fail(app, "198.51.100.1")
    for _visit in range(2):
        at(Browser(app), "198.51.100.1").sign_in("alice@example.com")
    at(Browser(app), "203.0.113.7").sign_in("alice@example.com")
    assert [risk for risk, _network, _failed in risks(app, alice)] == [False, True, True, False]
    arrange.run(service.end_all, alice, "revoked_by_admin")
    at(Browser(app), "203.0.113.7").sign_in("alice@example.com")
    assert risks(app, alice)[-1][0]


@pytest.mark.parametrize(("later", "risky"), [(24 * 3600 - 60, True), (24 * 3600 + 60, False)])
def test_failed_tries_count_for_a_day(app, factory, clock, later, risky):
    alice = factory.user("alice@example.com")
    at(Browser(app), "203.0.113.7").sign_in("alice@example.com")
    fail(app, "198.51.100.1")
    clock.advance(later)
    at(Browser(app), "198.51.100.1").sign_in("alice@example.com")
    assert risks(app, alice)[-1][0] is risky


def test_the_first_sign_in_of_all_and_a_new_network_alone_are_nothing_to_look_at(app, factory):
    alice = factory.user("alice@example.com")
    fail(app, "203.0.113.7")
    at(Browser(app), "203.0.113.7").sign_in("alice@example.com")
    assert not risks(app, alice)[-1][0]
    bob = factory.user("bob@example.com")
    for ip in ("203.0.113.7", "198.51.100.1"):
        at(Browser(app), ip).sign_in("bob@example.com")
    assert [risky for risky, _network, _failed in risks(app, bob)] == [False, False]


def test_a_session_that_ended_still_knows_its_network(app, factory, arrange):
    alice = factory.user("alice@example.com")
    at(Browser(app), "203.0.113.7").sign_in("alice@example.com")
    at(Browser(app), "198.51.100.1").sign_in("alice@example.com")
    arrange.run(service.end_all, alice, "signed_out")
    fail(app, "198.51.100.9")
    at(Browser(app), "198.51.100.50").sign_in("alice@example.com")
    assert not risks(app, alice)[-1][0]


@pytest.mark.parametrize(
    ("ip", "network"),
    [("203.0.113.200", "203.0.113.0/24"), ("2001:db8:1:2:3::9", "2001:db8:1::/48"),
     ("::ffff:203.0.113.200", "203.0.113.0/24"), ("", None), (None, None), ("nowhere", None)],
)  # fmt: skip
def test_a_network_is_24_bits_of_ipv4_and_48_of_ipv6(ip, network):
    assert CallContext(ip=ip).neighbourhood == network
