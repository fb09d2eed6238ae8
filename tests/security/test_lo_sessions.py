"""Sessions under attack: fixation, theft, replay, time, other people's sessions, ambiguous cookies (group LO)."""

import re

import pytest

from idp.accounts.credentials import recovery
from idp.accounts.lifecycle import states
from idp.core.db import db
from idp.core.secrets import digest
from idp.sessions import service
from idp.sessions.models import Session
from tests.actors import Browser
from tests.factories import PASSWORD
from tests.services import IssuerClient

ALICE = "alice@example.com"
COOKIE = "__Host-idp_session"
NEW_PASSWORD = "seven purple elephants dance"
DAY = 24 * 3600


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def without_jar(app):
    return IssuerClient(app, app.response_class, use_cookies=False)


def replay(app, value, path="/account", name=COOKIE):
    """Ask for a page as somebody who holds a copy of a cookie; return whether it is shown."""
    response = without_jar(app).get(path, headers={"Cookie": f"{name}={value}"})
    assert response.status_code in {200, 303}, response.get_data(as_text=True)[:500]
    return response.status_code == 200


def confirm(browser, password=PASSWORD):
    """Answer the page that asks for the password again."""
    assert browser.path == "/reauth"
    return browser.submit("password", password=password)


def test_lo01_signing_in_gives_a_new_cookie_and_the_planted_one_is_worth_nothing(app, browser, alice):
    planted = "attacker-chosen-value-of-forty-three-chars-"
    browser.http.set_cookie(COOKIE, planted, domain="id.example.com")
    browser.sign_in(ALICE)
    assert browser.path == "/account"
    assert browser.cookie("session") not in {None, planted}
    assert not replay(app, planted)


def test_lo01_signing_in_twice_gives_two_cookies(app, browser, alice):
    browser.sign_in(ALICE)
    first = browser.cookie("session")
    browser.get("/login?switch=1")
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    assert browser.cookie("session") != first
    assert replay(app, browser.cookie("session"))
    assert not replay(app, first)


def test_lo01_confirming_who_one_is_changes_the_cookie_and_keeps_the_session(app, browser, alice, clock):
    browser.sign_in(ALICE)
    first = browser.cookie("session")
    clock.advance(600)
    browser.get("/reauth?next=/account")
    confirm(browser)
    assert browser.path == "/account"
    assert not replay(app, first)
    assert replay(app, browser.cookie("session"))
    with app.app_context():
        assert [session.user_id for session in db.session.query(Session)] == [alice]


def test_lo01_signing_out_takes_the_cookie_and_the_session(app, browser, alice):
    browser.sign_in(ALICE)
    value = browser.cookie("session")
    sign_out_here(browser)
    assert browser.cookie("session") is None
    assert not replay(app, value)


def sign_out_here(browser):
    browser.get("/account/sessions")
    form = browser.form()
    for candidate in re.findall(r'action="(/account/sessions/[0-9A-Z]{26}/end)"', browser.text):
        form.action = candidate
        break
    return browser.post(form.action, {"csrf_token": form.fields["csrf_token"]})


def test_lo02_the_cookie_is_host_only_and_hidden_from_scripts(app, browser, alice):
    browser.get("/login")
    form = browser.form("identifier")
    response = browser.http.post(
        "/login", data={**form.fields, "identifier": ALICE, "password": PASSWORD, "remember": ""}
    )
    header = next(line for line in response.headers.getlist("Set-Cookie") if line.startswith(COOKIE))
    attributes = {part.strip().lower() for part in header.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith(("domain", "expires", "max-age")) for part in attributes)
    value = header.split(";")[0].split("=")[1]
    assert len(value) >= 43
    with app.app_context():
        assert db.session.query(Session).one().digest == digest(value)


def test_lo02_on_plain_loopback_the_cookie_has_a_plain_name(make_app, factory):
    factory.user(ALICE)
    browser = Browser(make_app(issuer="http://localhost:8000"))
    browser.sign_in(ALICE)
    names = {cookie.key for cookie in browser.http._cookies.values()}
    assert "idp_session" in names
    assert not any(name.startswith("__Host-") for name in names)


ENDINGS = {
    "reset": lambda alice: recovery.set_password(alice, NEW_PASSWORD),
    "killed": lambda alice: service.end_all(alice, "revoked_by_admin"),
    "disabled": lambda alice: states.disable(alice),
    "locked": lambda alice: states.lock(alice),
    "deleted": lambda alice: states.delete(alice),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_lo03_a_copied_cookie_is_dead_at_once_on_every_replica(app, make_app, browser, alice, ending):
    replica = make_app()
    browser.sign_in(ALICE, remember="y")
    value = browser.cookie("session")
    assert replay(app, value)
    assert replay(replica, value)
    with app.test_request_context(base_url="https://id.example.com"):
        ending(alice)
    assert not replay(app, value)
    assert not replay(replica, value)


def test_lo03_changing_the_password_ends_the_others_and_changes_this_cookie(app, browser, alice):
    other = Browser(app)
    other.sign_in(ALICE)
    browser.sign_in(ALICE)
    mine, theirs = browser.cookie("session"), other.cookie("session")
    browser.get("/account/password")
    browser.submit("new_password", password=PASSWORD, new_password=NEW_PASSWORD)
    assert browser.status == 200, browser.text
    assert not replay(app, theirs)
    assert not replay(app, mine)
    assert replay(app, browser.cookie("session"))


def test_lo03_a_disabled_person_is_out_even_if_nobody_ended_the_session(app, browser, alice):
    browser.sign_in(ALICE)
    with app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE users SET state = 'disabled'")
    assert not replay(app, browser.cookie("session"))


def test_lo06_half_an_hour_of_rest_ends_a_session_and_the_sign_in_page_says_so(app, browser, alice, clock):
    browser.sign_in(ALICE)
    clock.advance(29 * 60)
    assert browser.get("/account").status_code == 200
    clock.advance(30 * 60 + 1)
    browser.get("/account")
    assert browser.path == "/login"
    assert "signed out after 30 minutes without activity" in browser.text
    clock.advance(-3600)
    assert not replay(app, browser.cookie("session"))


def test_lo06_a_session_that_is_used_ends_after_a_day(browser, alice, clock):
    browser.sign_in(ALICE)
    for _step in range(48):
        clock.advance(29 * 60)
        browser.get("/account")
        if browser.path != "/account":
            break
    clock.advance(60)
    browser.get("/account")
    clock.advance(49 * 60)
    browser.get("/account")
    assert browser.path == "/login"


def test_lo06_asking_for_the_time_left_does_not_prolong_it_and_staying_does(browser, alice, clock):
    browser.sign_in(ALICE)
    clock.advance(20 * 60)
    left = browser.http.get("/account/session").json
    assert left["signed_in"]
    assert 590 <= left["expires_in"] <= 600
    assert browser.http.get("/account/session").json["expires_in"] <= 600
    browser.get("/account/password")
    token = browser.form().fields["csrf_token"]
    clock.advance(20 * 60)
    stayed = browser.http.post("/account/session/keep-alive", headers={"X-CSRF-Token": token})
    assert stayed.json["expires_in"] >= 1790
    clock.advance(31 * 60)
    assert browser.http.get("/account/session").status_code == 401
    assert browser.http.post("/account/session/keep-alive", headers={"X-CSRF-Token": token}).status_code == 401


def test_az18_staying_signed_in_needs_the_token_of_a_page(browser, alice):
    browser.sign_in(ALICE)
    assert browser.http.post("/account/session/keep-alive").status_code == 403


def test_lo06_a_remembered_session_rests_for_weeks_and_ends_in_the_end(browser, alice, clock):
    browser.sign_in(ALICE, remember="y")
    clock.advance(29 * DAY)
    assert browser.get("/account").status_code == 200
    assert browser.path == "/account"
    clock.advance(2 * DAY)
    browser.get("/account")
    assert browser.path == "/login"


def test_lo06_a_session_is_not_remembered_unasked(browser, alice, clock):
    browser.sign_in(ALICE)
    clock.advance(DAY)
    browser.get("/account")
    assert browser.path == "/login"


def test_lo06_switching_remembering_off_ends_the_sessions_that_rest_on_it(app, make_app, browser, alice):
    browser.sign_in(ALICE, remember="y")
    strict = make_app(sessions={"allow_remember": False})
    assert not replay(strict, browser.cookie("session"))
    other = Browser(strict)
    other.get("/login")
    assert "remember" not in other.form("identifier").fields
    other.submit("identifier", identifier=ALICE, password=PASSWORD, remember="y")
    with app.app_context():
        assert [row.remember for row in db.session.query(Session).filter(Session.ended_at.is_(None))] == [False]


def test_lo07_people_see_their_own_sessions_this_one_first(app, browser, alice, factory):
    factory.user("bob@example.com")
    Browser(app).sign_in("bob@example.com")
    other = Browser(app)
    other.http.environ_base["HTTP_USER_AGENT"] = FIREFOX
    other.sign_in(ALICE)
    browser.http.environ_base["HTTP_USER_AGENT"] = CHROME
    browser.sign_in(ALICE)
    browser.get("/account/sessions")
    assert browser.status == 200
    text = browser.text
    assert text.index("Chrome") < text.index("Firefox")
    assert "Windows" in text
    assert text.count('/end"') == 2


def test_lo07_a_foreign_or_unknown_session_is_not_found(app, browser, alice, factory):
    factory.user("bob@example.com")
    bob = Browser(app)
    bob.sign_in("bob@example.com")
    browser.sign_in(ALICE)
    token = csrf(browser)
    with app.app_context():
        foreign = db.session.query(Session).filter(Session.user_id != alice).one().id
    for wrong in (foreign, "0" * 26, "nonsense"):
        assert browser.post(f"/account/sessions/{wrong}/end", {"csrf_token": token}).status_code == 404
    assert replay(app, bob.cookie("session"))


def csrf(browser):
    browser.get("/account/sessions")
    return browser.form().fields["csrf_token"]


def test_lo07_ending_one_session_and_all_others(app, browser, alice):
    others = [Browser(app) for _number in range(3)]
    for other in others:
        other.sign_in(ALICE)
    browser.sign_in(ALICE)
    token = csrf(browser)
    with app.app_context():
        row = db.session.query(Session).filter(Session.digest == digest(others[0].cookie("session"))).one()
    browser.post(f"/account/sessions/{row.id}/end", {"csrf_token": token})
    assert browser.path == "/account/sessions"
    assert [replay(app, other.cookie("session")) for other in others] == [False, True, True]
    browser.post("/account/sessions/end-others", {"csrf_token": token})
    assert [replay(app, other.cookie("session")) for other in others] == [False, False, False]
    assert replay(app, browser.cookie("session"))


def test_lo07_an_old_sign_in_is_confirmed_first_and_what_was_posted_is_shown_not_done(app, browser, alice, clock):
    other = Browser(app)
    other.sign_in(ALICE)
    browser.sign_in(ALICE)
    token = csrf(browser)
    clock.advance(6 * 60)
    browser.post("/account/sessions/end-others", {"csrf_token": token, "password": "typed here", "keep": "this"})
    assert "confirm it" in browser.text
    confirm(browser)
    assert browser.path == "/reauth/held"
    form = browser.form("csrf_token")
    assert form.action == "/account/sessions/end-others"
    assert form.fields["keep"] == "this"
    assert "password" not in form.fields
    assert replay(app, other.cookie("session"))
    browser.submit()
    assert browser.path == "/account/sessions"
    assert not replay(app, other.cookie("session"))


def test_lo07_what_one_person_posted_is_not_shown_to_another(app, browser, alice, factory, clock):
    factory.user("bob@example.com")
    browser.sign_in(ALICE)
    token = csrf(browser)
    clock.advance(6 * 60)
    browser.post("/account/sessions/end-others", {"csrf_token": token})
    held = browser.url
    browser.get("/login?switch=1")
    browser.submit("identifier", identifier="bob@example.com", password=PASSWORD)
    assert browser.get(held).status_code == 410


def test_lo09_two_cookies_of_one_name_are_no_session(app, browser, alice):
    browser.sign_in(ALICE)
    value = browser.cookie("session")
    for header in (f"{COOKIE}={value}; {COOKIE}={value}", f"{COOKIE}=x; {COOKIE}={value}"):
        assert without_jar(app).get("/account", headers={"Cookie": header}).status_code == 303


def test_lo09_a_cookie_under_the_plain_name_is_no_session(app, browser, alice):
    browser.sign_in(ALICE)
    assert not replay(app, browser.cookie("session"), name="idp_session")


@pytest.mark.parametrize("value", ["", "x" * 5000, "%00", "ÿ", "' OR 1=1 --", "a|b"])
@pytest.mark.parametrize("name", [COOKIE, "remember_token", "session"])
def test_lo09_a_nonsense_cookie_is_no_session_and_no_error(app, name, value):
    assert not replay(app, value, name=name)


def test_lo09_a_token_of_another_session_is_no_token(app, browser, alice):
    other = Browser(app)
    other.sign_in(ALICE)
    foreign = csrf(other)
    browser.sign_in(ALICE)
    assert browser.post("/account/sessions/end-others", {"csrf_token": foreign}).status_code == 403
    assert replay(app, other.cookie("session"))


CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
