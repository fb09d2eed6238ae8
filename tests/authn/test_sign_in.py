"""Signing in: what is asked, what is told and not told, where it leads, what two tabs do to each other."""

import re

import bcrypt
import pytest

from idp.accounts.credentials import recovery
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.audit.service import find_events
from idp.authn import password
from idp.authn.http import shared
from idp.authn.proof import check_still_holds
from idp.core.db import db, transaction
from idp.core.http import browser_id
from idp.sessions import interactions
from idp.sessions.models import Interaction, Session
from tests.actors import Browser
from tests.factories import PASSWORD
from tests.services import test_client

ALICE, BOB = "alice@example.com", "bob@example.com"
WRONG = "Check your e-mail and password, then try again."
FROM_OUTSIDE = [
    "//evil.test",
    "/\\evil.test",
    "/%09/evil.test",
    "https:evil",
    "///evil.test",
    "\\/evil.test",
    "https://evil.test",
]


@pytest.fixture
def alice(factory):
    return factory.user(ALICE, username="alice")


def start(app, browser, **wish):
    """Begin an interaction in a browser, as the authorization endpoint does; return the address of its sign-in page."""
    browser.get("/login")
    with app.test_request_context(
        base_url="https://id.example.com", headers={"Cookie": f"__Host-idp_browser={browser.cookie('browser')}"}
    ):
        assert browser_id() == browser.cookie("browser")
        interaction = interactions.start(return_to="/account/password", client_name="Demo Shop", **wish)
        return f"/login?flow={interaction.id}"


def session_of(app, user_id):
    with app.app_context():
        return db.session.query(Session).filter(Session.user_id == user_id, Session.ended_at.is_(None)).one()


def events(app, tag):
    with app.app_context():
        return [(event.subject, event.detail) for event in find_events(tag=tag)]


@pytest.mark.parametrize("name", [ALICE, " Alice@Example.COM ", "alice"])
def test_a_person_signs_in_by_address_or_user_name(app, browser, alice, name):
    browser.sign_in(name)
    assert browser.path == "/account"
    session = session_of(app, alice)
    assert (session.amr, session.acr) == (["pwd"], "1")
    assert events(app, "login.succeeded") == [(f"user:{alice}", {"amr": ["pwd"], "remember": False})]


def test_the_browser_is_sent_on_with_303_and_nothing_is_kept(browser, alice):
    browser.get("/login")
    fields = {**browser.form("identifier").fields, "identifier": ALICE, "password": PASSWORD, "remember": ""}
    response = browser.http.post("/login", data=fields)
    assert response.status_code == 303
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Location"] == "/account"


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"identifier": "", "password": "x"}, "Enter your e-mail address."),
        ({"identifier": ALICE, "password": ""}, "Enter your password."),
    ],
)
def test_an_empty_field_is_named_and_what_was_typed_is_kept(browser, fields, missing):
    browser.get("/login")
    browser.submit("identifier", **fields)
    assert browser.status == 422
    assert missing in browser.text
    assert browser.title.startswith("Error:")
    assert browser.form("identifier").fields["identifier"] == fields["identifier"]


def test_a_password_is_never_in_the_page_that_refuses_it(browser, alice):
    browser.sign_in(ALICE, "not my password at all")
    assert browser.status == 401
    assert WRONG in browser.text
    assert "not my password at all" not in browser.text
    assert browser.form("identifier").fields["identifier"] == ALICE


def pages_of_refusals(app, factory):
    """The page after a wrong password, for accounts in every state and for no account at all."""
    factory.user("active@example.com")
    factory.user("unverified@example.com", verified=False)
    factory.user("invited@example.com", password=None, state="invited")
    with app.test_request_context(base_url="https://id.example.com"):
        states.disable(factory.user("disabled@example.com"))
        states.lock(factory.user("locked@example.com"))
        states.lock(factory.user("reported@example.com"), reason=states.BY_OWNER)
    for name in ("active", "unverified", "invited", "disabled", "locked", "reported", "unknown"):
        browser = Browser(app)
        browser.sign_in(f"{name}@example.com", "not my password at all")
        text = re.sub(r'data-passkey="[^"]+"|csrf_token" value="[0-9a-f]+"|nonce="[^"]+"', "", browser.text)
        yield name, browser.status, text.replace(f"{name}@example.com", "X")


def test_lg07_accounts_of_all_kinds_and_none_are_refused_alike(app, factory):
    pages = {(status, text) for _name, status, text in pages_of_refusals(app, factory)}
    assert len(pages) == 1
    assert {status for status, _text in pages} == {401}


def test_the_right_password_of_a_disabled_account_is_told_that_it_is_turned_off(app, browser, alice):
    with app.test_request_context(base_url="https://id.example.com"):
        states.disable(alice)
    browser.sign_in(ALICE)
    assert browser.status == 403
    assert "This account is turned off." in browser.text
    assert browser.cookie("session") is None


def test_lg05_the_right_password_of_a_locked_account_does_not_sign_in(app, browser, alice):
    with app.test_request_context(base_url="https://id.example.com"):
        states.lock(alice, reason=states.BY_OWNER)
    browser.sign_in(ALICE)
    assert browser.status == 403
    assert "Choose a new password" in browser.text
    assert browser.cookie("session") is None


@pytest.mark.parametrize("field", ["csrf_token", "flow"])
def test_az18_a_sign_in_with_a_foreign_token_is_refused(app, browser, alice, field):
    other = Browser(app)
    other.get("/login")
    browser.get("/login")
    fields = {**browser.form("identifier").fields, "identifier": ALICE, "password": PASSWORD, "remember": None}
    fields[field] = other.form("identifier").fields["csrf_token"]
    browser.post("/login", {name: value for name, value in fields.items() if value is not None})
    assert browser.status in {403, 410}
    assert browser.cookie("session") is None


@pytest.mark.parametrize("address", FROM_OUTSIDE)
def test_az21_a_sign_in_never_leads_away_from_here(browser, alice, address):
    browser.get("/login", query_string={"next": address})
    browser.submit("identifier", identifier=ALICE, password=PASSWORD, next=address)
    assert browser.left_for is None
    assert browser.path == "/account"
    browser.get("/reauth", query_string={"next": address})
    assert browser.left_for is None
    assert browser.path == "/account"


def test_a_page_that_needs_a_person_is_reached_after_signing_in(browser, alice):
    browser.get("/account/sessions?x=1")
    assert browser.path == "/login"
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    assert browser.url.endswith("/account/sessions?x=1")


def test_a_script_that_needs_a_person_gets_401(client):
    assert client.get("/account", headers={"Accept": "application/json"}).status_code == 401


def test_who_is_signed_in_is_sent_on(browser, alice):
    browser.sign_in(ALICE)
    browser.get("/login?next=/account/password")
    assert browser.path == "/account/password"


def test_an_unconfirmed_address_leads_to_the_mail_and_not_to_a_session(app, browser, factory):
    user_id = factory.user(ALICE, verified=False)
    browser.sign_in(ALICE)
    assert browser.path == "/verify"
    assert browser.cookie("session") is None
    assert browser.get("/account").status_code == 200
    assert browser.path == "/login"
    mail = browser.http.get("/dev/mail.json").json[0]
    browser.get(next(link for link in mail["links"] if "/verify/" in link))
    browser.submit()
    assert browser.path == "/login"
    assert browser.cookie("session") is None
    browser.submit("decision", "continue")
    assert browser.path == "/account"
    assert session_of(app, user_id).amr == ["pwd"]


def test_mf04_what_was_proved_is_worth_nothing_before_the_steps_are_done(app, browser, factory):
    factory.user(ALICE, verified=False)
    browser.sign_in(ALICE)
    with app.app_context():
        flow = db.session.query(Interaction).filter(Interaction.proved_user_id.is_not(None)).one().id
    for path in ("/account", "/account/sessions", "/account/password", f"/reauth?flow={flow}"):
        browser.get(path)
        assert browser.path == "/login"
    browser.get(f"/login?flow={flow}")
    browser.submit("decision", "continue")
    assert browser.path == "/verify"
    assert browser.cookie("session") is None


def test_mf04_what_was_proved_is_void_after_a_new_password(app, browser, factory):
    user_id = factory.user(ALICE, verified=False)
    browser.sign_in(ALICE)
    with app.test_request_context(base_url="https://id.example.com"):
        recovery.set_password(user_id, "seven purple elephants dance")
        with transaction() as session:
            flow = session.query(Interaction).filter(Interaction.proved_user_id.is_not(None)).one().id
            session.execute(db.text("UPDATE users SET email_verified_at = CURRENT_TIMESTAMP"))
    browser.get(f"/login?flow={flow}")
    assert browser.form("identifier")
    browser.post("/login", {**browser.form("identifier").fields, "decision": "continue", "remember": ""})
    assert browser.cookie("session") is None


def test_mf04_another_browser_cannot_go_on_with_what_was_proved(app, browser, factory):
    factory.user(ALICE, verified=False)
    browser.sign_in(ALICE)
    with app.app_context():
        flow = db.session.query(Interaction).filter(Interaction.proved_user_id.is_not(None)).one().id
    assert Browser(app).get(f"/login?flow={flow}").status_code == 410


@pytest.mark.parametrize(
    "deed", [lambda who: recovery.set_password(who, "seven purple elephants dance"), states.disable]
)
def test_lo03_a_password_changed_while_it_is_checked_lets_nobody_in(app, browser, alice, monkeypatch, deed):
    check = password.check_password

    def check_slowly(user, typed):
        right = check(user, typed)
        deed(alice)
        monkeypatch.setattr(password, "check_password", check)
        return right

    monkeypatch.setattr(password, "check_password", check_slowly)
    browser.sign_in(ALICE)
    assert browser.status in {401, 403}
    assert browser.cookie("session") is None


@pytest.mark.parametrize(
    "deed", [lambda who: recovery.set_password(who, "seven purple elephants dance"), states.disable]
)
def test_lo03_a_password_changed_before_the_session_opens_lets_nobody_in(app, browser, alice, monkeypatch, deed):
    def act_first(proof):
        deed(alice)
        check_still_holds(proof)

    monkeypatch.setattr(shared, "check_still_holds", act_first)
    browser.sign_in(ALICE)
    assert browser.status == 401
    assert browser.cookie("session") is None


def test_an_imported_hash_is_renewed_and_lets_its_owner_in(app, browser, factory):
    weak = "$2b$04$" + bcrypt.hashpw(PASSWORD.encode(), b"$2b$04$" + b"." * 22).decode()[7:]
    user_id = factory.user(ALICE)
    with app.app_context(), transaction() as session:
        session.get(User, user_id).password_hash = weak
    browser.sign_in(ALICE)
    assert browser.path == "/account"
    with app.app_context():
        assert db.session.get(User, user_id).password_hash != weak


def test_terms_are_accepted_before_the_session(app, make_app, alice):
    browser = Browser(make_app(brand={"terms_url": "https://example.com/terms"}))
    browser.sign_in(ALICE)
    assert browser.path == "/login/required/terms"
    assert browser.cookie("session") is None
    browser.submit("decision", "decline")
    assert browser.path == "/login"
    assert browser.form("identifier")
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    browser.submit("decision", "accept")
    assert browser.path == "/account"
    assert events(app, "account.terms_accepted") == [(f"user:{alice}", {})]
    other = Browser(browser.app)
    other.sign_in(ALICE)
    assert other.path == "/account"


@pytest.mark.parametrize("path", ["/login/required/terms", "/login/required/nothing"])
def test_a_step_that_is_not_due_leads_back(browser, alice, path):
    browser.get(path)
    assert browser.path == "/login" or browser.status == 404


def test_a_request_of_an_app_is_named_and_fulfilled(app, browser, alice):
    browser.get(start(app, browser))
    assert "Demo Shop" in browser.text
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    assert browser.path == "/account/password"
    with app.app_context():
        assert db.session.query(Interaction).one().settled_user_id == alice


def test_who_is_signed_in_goes_straight_back_to_the_app(app, browser, alice):
    browser.sign_in(ALICE)
    other_page = start(app, browser)
    browser.get(other_page)
    assert browser.path == "/account/password"


@pytest.mark.parametrize("wish", [{"prompt": ["login"]}, {"max_age": 60}, {"max_age": 0}])
def test_az14_an_app_that_asks_for_it_gets_a_new_sign_in(app, browser, alice, clock, wish):
    browser.sign_in(ALICE)
    before = session_of(app, alice)
    clock.advance(120)
    browser.get(start(app, browser, **wish))
    assert "Confirm it’s you" in browser.text
    assert ALICE in browser.text
    browser.submit("password", password="not my password at all")
    assert browser.status == 401
    browser.submit("password", password=PASSWORD)
    assert browser.path == "/account/password"
    after = session_of(app, alice)
    assert after.id == before.id
    assert (after.auth_time - before.auth_time).total_seconds() >= 120
    assert events(app, "login.reauthenticated") == [(f"user:{alice}", {"amr": ["pwd"]})]


def test_az14_a_young_sign_in_is_enough_for_max_age(app, browser, alice):
    browser.sign_in(ALICE)
    browser.get(start(app, browser, max_age=600))
    assert browser.path == "/account/password"


def test_somebody_else_is_asked_for_when_the_app_means_somebody_else(app, browser, alice, factory):
    bob = factory.user(BOB)
    browser.sign_in(ALICE)
    browser.get(start(app, browser, user_id=bob))
    browser.submit("identifier", identifier=BOB, password=PASSWORD)
    assert browser.path == "/account/password"
    assert session_of(app, bob)
    with app.app_context():
        assert db.session.query(Session).filter(Session.user_id == alice).one().ended_at is None


def test_an_app_may_ask_which_account(app, browser, alice):
    browser.sign_in(ALICE)
    page = start(app, browser, prompt=["select_account"])
    browser.get(page)
    assert ALICE in browser.text
    browser.submit("decision", "other")
    assert browser.form("identifier")
    browser.get(page)
    browser.submit("decision", "continue")
    assert browser.path == "/account/password"


def test_a_hint_fills_the_name_in(app, browser, alice):
    browser.get(start(app, browser, login_hint='<b>"x"@example.com'))
    assert browser.form("identifier").fields["identifier"] == '<b>"x"@example.com'
    assert '<b>"x"' not in browser.text


def test_a_hint_shows_the_account_only_to_a_browser_that_knows_it(app, browser, alice):
    browser.get(start(app, browser, login_hint=ALICE))
    assert "Alice Baker" not in browser.text
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    browser.http.delete_cookie("__Host-idp_session", domain="id.example.com")
    browser.get(start(app, browser, login_hint=ALICE))
    assert "Alice Baker" in browser.text
    browser.submit("identifier", password=PASSWORD)
    assert browser.path == "/account/password"


def test_two_tabs_do_not_fight(app, browser, alice):
    first, second = start(app, browser), start(app, browser)
    browser.get(first)
    waiting = browser.form("identifier").fields
    browser.get(second)
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    browser.post("/login", {**waiting, "identifier": BOB, "password": "x", "remember": ""})
    assert browser.status == 200
    assert ALICE in browser.text
    browser.submit("decision", "continue")
    assert browser.path == "/account/password"
    assert events(app, "login.failed") == []


def test_a_tab_left_open_can_use_another_account(app, browser, alice, factory):
    bob = factory.user(BOB)
    page = start(app, browser)
    browser.get(page)
    waiting = browser.form("identifier").fields
    browser.sign_in(ALICE)
    browser.post("/login", {**waiting, "identifier": BOB, "password": PASSWORD, "remember": ""})
    browser.submit("decision", "other")
    browser.submit("identifier", identifier=BOB, password=PASSWORD)
    assert browser.path == "/account/password"
    assert session_of(app, bob)


@pytest.mark.parametrize("flow", ["nonsense", "0" * 26, "x" * 9000])
def test_an_unknown_flow_has_expired(browser, alice, flow):
    browser.get("/login", query_string={"flow": flow})
    assert browser.status in {410, 414}
    browser.get("/login")
    browser.submit("identifier", identifier=ALICE, password=PASSWORD, flow=flow)
    assert browser.status == 410
    assert browser.cookie("session") is None


def test_a_finished_flow_has_expired(app, browser, alice):
    page = start(app, browser)
    with app.app_context():
        interactions.finish(page.partition("=")[2])
    assert browser.get(page).status_code == 410


def test_the_languages_an_app_asks_for_are_used(app, browser, alice):
    browser.get(start(app, browser, ui_locales="de"))
    assert 'lang="de"' in browser.text


def test_the_forms_of_a_sign_in_may_end_at_the_app(app, browser, alice):
    browser.get(start(app, browser, redirect_origin="https://rp.example.com"))
    assert "form-action 'self' https://rp.example.com;" in browser.response.headers["Content-Security-Policy"]


def test_confirming_is_not_asked_of_strangers(client):
    assert client.get("/reauth?next=/account").headers["Location"].startswith("/login?next=")


def test_a_fresh_sign_in_is_not_asked_again(browser, alice):
    browser.sign_in(ALICE)
    browser.get("/reauth?next=/account/password")
    assert browser.path == "/account/password"


def test_a_wrong_confirmation_changes_nothing(app, browser, alice, clock):
    browser.sign_in(ALICE)
    before = session_of(app, alice)
    clock.advance(600)
    browser.get("/reauth?next=/account/password")
    browser.submit("password", password="not my password at all")
    assert browser.status == 401
    assert session_of(app, alice).auth_time == before.auth_time
    assert browser.cookie("session")


def test_flask_login_never_keeps_state_of_its_own(browser, alice):
    browser.sign_in(ALICE)
    assert {cookie.key for cookie in browser.http._cookies.values()} <= {
        "__Host-idp_session", "__Host-idp_browser", "__Host-idp_flash"
    }  # fmt: skip


def test_a_head_request_to_the_sign_in_page_works(app):
    assert test_client(app).head("/login").status_code == 200
