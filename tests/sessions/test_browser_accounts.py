"""Several accounts in one browser: each with its own session, chosen by the person, none reached by another's."""

import pytest

from idp.accounts.credentials import recovery
from idp.core.db import db
from idp.sessions.models import Session
from tests.actors import Browser, query
from tests.factories import PASSWORD

ALICE, BOB = "alice@example.com", "bob@example.com"


@pytest.fixture
def people(factory):
    return {email: factory.user(email, name=email[:3].title()) for email in (ALICE, BOB)}


def add(browser, email):
    browser.get("/login?switch=1")
    browser.submit("identifier", identifier=email, password=PASSWORD)
    assert browser.path == "/account"


@pytest.fixture
def both(browser, people):
    """A browser signed in to both accounts, Bob's in use."""
    browser.sign_in(ALICE)
    add(browser, BOB)
    return browser


def in_use(browser):
    browser.get("/account")
    return next((email for email in (ALICE, BOB) if f'<p class="who"><bdi>{email}' in browser.text), None)


def session_id(app, user_id, *, live=True):
    with app.app_context():
        query = db.session.query(Session).filter(Session.user_id == user_id)
        return (query.filter(Session.ended_at.is_(None)) if live else query).one().id


def choose(browser, name, value):
    form = browser.form("account")
    return browser.post("/login/accounts", {**form.fields, name: value})


def test_a_second_account_joins_the_first(both, app, people):
    assert in_use(both) == BOB
    both.get("/login/accounts")
    assert both.text.index(BOB) < both.text.index(ALICE, both.text.index("<h1"))
    before = both.cookie("session")
    choose(both, "account", session_id(app, people[ALICE]))
    assert in_use(both) == ALICE
    assert before in both.cookie("accounts")
    choose_back = Browser(app)
    choose_back.http.set_cookie("__Host-idp_session", before, domain="id.example.com", secure=True)
    assert in_use(choose_back) == BOB


def test_lo01_the_cookie_of_an_account_that_is_chosen_changes(both, app, people):
    waiting = both.cookie("accounts")
    both.get("/login/accounts")
    choose(both, "account", session_id(app, people[ALICE]))
    old = Browser(app)
    old.http.set_cookie("__Host-idp_session", waiting, domain="id.example.com", secure=True)
    assert in_use(old) is None


def test_a_session_of_another_browser_cannot_be_chosen(app, both, browser, people, factory):
    stranger = Browser(app)
    carol = factory.user("carol@example.com")
    stranger.sign_in("carol@example.com")
    both.get("/login/accounts")
    for name in ("account", "forget"):
        choose(both, name, session_id(app, carol))
    assert in_use(both) == BOB
    assert session_id(app, carol)
    stranger.get("/account")
    assert stranger.path == "/account"


def test_an_app_asks_which_account_once(both, app, people, rp):
    both.get(rp.authorize_url())
    assert both.path == "/login/accounts"
    assert "Demo Shop" in both.text
    choose(both, "account", session_id(app, people[ALICE]))
    assert both.path.startswith("/consent")
    assert ALICE in both.text


def test_an_app_that_asks_silently_gets_the_account_in_use(both, rp):
    both.get(rp.authorize_url(prompt="none"))
    assert query(both.left_for)["error"] == ["consent_required"]


def test_select_account_lists_the_only_account_and_another(browser, people, rp):
    browser.sign_in(ALICE)
    browser.get(rp.authorize_url(prompt="select_account"))
    assert ALICE in browser.text
    browser.submit("decision", "other")
    browser.submit("identifier", identifier=BOB, password=PASSWORD)
    assert browser.path.startswith("/consent")
    assert BOB in browser.text


def test_a_hinted_account_comes_first(both, rp):
    both.get(rp.authorize_url(login_hint=ALICE))
    words = both.text[both.text.index("<ul") :]
    assert words.index(ALICE) < words.index(BOB)


def test_an_account_whose_session_is_over_signs_in_again(both, app, people, arrange):
    arrange.run(recovery.set_password, people[ALICE], "another quite unrelated phrase")
    both.get("/login/accounts")
    assert "Signed out" in both.text
    choose(both, "account", session_id(app, people[ALICE], live=False))
    assert both.path == "/login"
    assert both.form("identifier").fields["identifier"] == ALICE
    assert in_use(both) == BOB


def test_signing_out_of_one_offers_the_other(both, app, people):
    both.get("/logout")
    both.submit("decision", "sign_out")
    assert in_use(both) is None
    assert both.path == "/login/accounts"
    assert BOB not in both.text
    choose(both, "account", session_id(app, people[ALICE]))
    assert in_use(both) == ALICE


def test_signing_out_of_all_ends_every_session(both, app, people):
    both.get("/logout")
    both.submit("decision", "sign_out_all")
    assert both.cookie("accounts") is None
    both.get("/account")
    assert both.path == "/login"
    with app.app_context():
        assert {row.ended_reason for row in db.session.query(Session)} == {"signed_out"}


def test_an_account_is_taken_off_the_list_with_its_session(both, app, people):
    alice = session_id(app, people[ALICE])
    both.get("/login/accounts")
    choose(both, "forget", alice)
    assert ALICE not in both.text
    assert in_use(both) == BOB
    choose_current = session_id(app, people[BOB])
    both.get("/login/accounts")
    choose(both, "forget", choose_current)
    assert both.path == "/login"
    assert in_use(both) is None


def test_signing_in_again_as_somebody_who_waits_ends_the_waiting_session(both, app, people):
    first = session_id(app, people[ALICE])
    add(both, ALICE)
    with app.app_context():
        assert db.session.get(Session, first).ended_reason == "replaced"
    assert in_use(both) == ALICE
    assert session_id(app, people[ALICE]) != first
    both.get("/login/accounts")
    assert both.text.count('name="account"') == 2


def test_a_browser_keeps_six_accounts(browser, factory, app):
    people = [factory.user(f"p{number}@example.com") for number in range(8)]
    for number in range(8):
        add(browser, f"p{number}@example.com") if number else browser.sign_in("p0@example.com")
    browser.get("/login/accounts")
    assert browser.text.count('name="account"') == 6
    with app.app_context():
        reasons = {row.user_id: row.ended_reason for row in db.session.query(Session)}
    assert [reasons[user_id] for user_id in people] == ["replaced"] * 2 + [None] * 6


def test_the_house_can_allow_one_account_only(make_app, people, app):
    browser = Browser(make_app(sessions={"several_accounts": False}))
    browser.sign_in(ALICE)
    add(browser, BOB)
    assert browser.cookie("accounts") is None
    with app.app_context():
        query = db.session.query(Session).filter(Session.user_id == people[ALICE])
        assert query.one().ended_reason == "replaced"


@pytest.mark.parametrize("value", ["x", "x" * 43, ".".join(["y" * 43] * 40), "'; drop table sessions --"])
def test_lo09_a_made_up_cookie_is_no_account(browser, people, value):
    browser.sign_in(ALICE)
    browser.http.set_cookie("__Host-idp_accounts", value, domain="id.example.com", secure=True)
    browser.get("/login/accounts")
    assert browser.text.count('name="account"') == 1
