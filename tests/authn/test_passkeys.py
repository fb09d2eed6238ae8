"""Passkeys: made, used alone and as the second step, and every answer that must open nothing."""

import html
import json
import re

import pytest

from idp.accounts.models import User
from idp.authn.models import Passkey, UsedChallenge
from idp.authn.passkeys import challenges
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.sessions.models import Session
from tests.actors import Browser
from tests.authenticator import Authenticator, encode, options_of
from tests.factories import PASSWORD

ALICE, BOB = "alice@example.com", "bob@example.com"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def add(browser, key):
    """Add a passkey to the account of who is signed in."""
    browser.get("/account/passkeys")
    browser.press("/account/passkeys/new")
    browser.submit("code", code=key.create(options_of(browser.text)))
    assert browser.path == "/account/passkeys", browser.text
    return key


@pytest.fixture
def key(app, alice):
    browser = Browser(app)
    browser.sign_in(ALICE)
    return add(browser, Authenticator())


def answer(browser, text):
    form = browser.form("code")
    return browser.post("/login/passkey", {**form.fields, "code": text})


def sign_in(browser, key, **bent):
    browser.get("/login")
    return answer(browser, key.get(options_of(browser.text), **bent))


def live(app, user_id):
    with app.app_context():
        query = db.session.query(Session).filter(Session.user_id == user_id, Session.ended_at.is_(None))
        return [(row.acr, row.amr) for row in query]


def refused(browser):
    assert browser.status == 401
    browser.get("/account")
    assert browser.path == "/login"


def test_a_passkey_alone_signs_in_with_two_factors(app, key):
    browser = Browser(app)
    sign_in(browser, key)
    assert browser.path == "/account"
    with app.app_context():
        row = db.session.query(Session).order_by(Session.id.desc()).first()
        assert (row.acr, row.amr) == ("2", ["swk", "user", "mfa"])


def test_a_passkey_of_one_device_says_so(app, alice, factory):
    browser, other = Browser(app), Browser(app)
    browser.sign_in(ALICE)
    key = add(browser, Authenticator(synced=False, counts=True))
    sign_in(other, key)
    assert other.path == "/account"
    with app.app_context():
        assert db.session.query(Session).order_by(Session.id.desc()).first().amr == ["hwk", "user", "mfa"]


def test_adding_one_renews_the_cookie_and_tells_the_owner(app, browser, alice, mailbox):
    browser.sign_in(ALICE)
    before = browser.cookie("session")
    add(browser, Authenticator())
    assert browser.cookie("session") != before
    assert "A passkey was added" in {mail["subject"] for mail in mailbox(ALICE).mails}
    assert "1 passkey" in browser.get("/account/security").get_data(as_text=True)


@pytest.mark.parametrize(
    "bent",
    [
        {"verified": False},
        {"rp_id": "evil.example"},
        {"challenge": "AAAA"},
        {"challenge": "A" * 75},
        {"handle": "x"},
    ],
    ids=str,
)
def test_mf08_an_answer_that_proves_nothing_opens_nothing(app, key, bent):
    browser = Browser(app)
    if bent.get("handle"):
        key.user_handle, bent = b"somebody else", {}
    sign_in(browser, key, **bent)
    refused(browser)


def test_an_answer_for_another_origin_opens_nothing(app, key):
    key.origin = "https://id.example.com.evil.example"
    browser = Browser(app)
    sign_in(browser, key)
    refused(browser)


def test_an_answer_signed_by_another_key_opens_nothing(app, key):
    browser, other = Browser(app), Authenticator()
    other.id, other.user_handle = key.id, key.user_handle
    sign_in(browser, other)
    refused(browser)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "x", '{"id": 1}', "9" * 30_000, '{"id":"\\u0000"}'])
def test_wb03_nonsense_is_refused_and_breaks_nothing(app, key, text):
    browser = Browser(app)
    browser.get("/login")
    answer(browser, text)
    assert browser.status in {401, 422}


def test_an_answer_works_once(app, key):
    first = Browser(app)
    first.get("/login")
    text, fields = key.get(options_of(first.text)), first.form("code").fields
    first.post("/login/passkey", {**fields, "code": text})
    assert first.path == "/account"
    first.get("/logout")
    first.submit("decision", "sign_out")
    first.get("/login")
    answer(first, text)
    refused(first)


def test_an_answer_given_in_another_browser_opens_nothing(app, key):
    one, other = Browser(app), Browser(app)
    one.get("/login")
    text = key.get(options_of(one.text))
    other.get("/login")
    answer(other, text)
    refused(other)


def test_a_question_grows_old(app, key, clock):
    browser = Browser(app)
    browser.get("/login")
    text = key.get(options_of(browser.text))
    clock.advance(3601)
    answer(browser, text)
    refused(browser)


def test_a_counter_that_goes_back_is_a_copy(app, alice):
    browser = Browser(app)
    browser.sign_in(ALICE)
    key = add(browser, Authenticator(counts=True))
    sign_in(Browser(app), key, count=7)
    other = Browser(app)
    sign_in(other, key, count=7)
    refused(other)


def test_a_passkey_that_was_removed_is_told_to_the_browser(app, browser, key):
    browser.sign_in(ALICE)
    browser.get("/account/passkeys")
    browser.press("/remove")
    assert "removed" in browser.text
    other = Browser(app)
    sign_in(other, key)
    assert "data-unknown-passkey" in other.text
    refused(other)


@pytest.mark.parametrize("state", [{"state": "disabled"}, {"locked": True}])
def test_lg05_an_account_that_is_off_is_not_opened_by_a_passkey(app, alice, key, state):
    with app.app_context(), app.test_request_context(), transaction() as session:
        user = session.get(User, alice)
        if state.get("locked"):
            user.locked_at, user.lock_reason = now(), "admin"
        else:
            user.state = "disabled"
    browser = Browser(app)
    sign_in(browser, key)
    refused(browser)


def test_sign_in_with_a_passkey_stays_open_while_passwords_are_limited(app, key):
    browser = Browser(app)
    for _try in range(6):
        browser.sign_in(ALICE, "wrong")
    assert browser.status == 429
    sign_in(browser, key)
    assert browser.path == "/account"


def test_a_passkey_is_the_second_step_after_a_password(app, factory, alice, key):
    factory.totp(alice)
    browser = Browser(app)
    browser.sign_in(ALICE)
    assert browser.path == "/login/verify"
    options = options_of(browser.text)
    assert len(options["allowCredentials"]) == 1
    browser.submit("code", code=key.get(options, verified=False, handle=False))
    assert browser.path == "/account"
    assert ("2", ["pwd", "swk", "mfa"]) in live(app, alice)


def test_a_passkey_of_another_person_is_no_second_step(app, factory, alice, key):
    bob = factory.user(BOB)
    factory.totp(bob)
    browser = Browser(app)
    browser.sign_in(BOB)
    options = {**options_of_login(app), "challenge": "AAAA"}
    browser.submit("code", code=key.get(options), way="passkey")
    assert browser.status == 401
    browser.get("/account")
    assert browser.path == "/login"


def options_of_login(app):
    browser = Browser(app)
    browser.get("/login")
    return options_of(browser.text)


def test_an_answer_of_the_sign_in_page_is_none_for_the_second_step(app, factory, alice, key):
    factory.totp(alice)
    browser = Browser(app)
    browser.get("/login")
    text = key.get(options_of(browser.text))
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    browser.submit("code", code=text)
    assert browser.status == 401


def test_a_passkey_confirms_who_one_is_and_another_persons_does_not(app, factory, browser, key, clock):
    factory.user(BOB)
    stranger = Browser(app)
    stranger.sign_in(BOB)
    foreign = add(stranger, Authenticator())
    browser.sign_in(ALICE)
    clock.advance(600)
    for used, status in ((foreign, 401), (key, 200)):
        browser.get("/account/passkeys")
        browser.press("/account/passkeys/new")
        assert browser.path == "/reauth"
        form = browser.form("code")
        browser.post("/reauth/passkey", {**form.fields, "code": used.get(options_of(browser.text))})
        assert browser.status == status
    assert "Add a passkey" in browser.text


def test_without_a_password_the_last_passkey_stays(app, browser, alice, key):
    browser.sign_in(ALICE)
    with app.app_context(), transaction() as session:
        session.get(User, alice).password_hash = None
    browser = Browser(app)
    sign_in(browser, key)
    browser.get("/account/passkeys")
    browser.press("/remove")
    assert browser.status == 409
    with app.app_context():
        assert db.session.query(Passkey).count() == 1


def test_lo07_a_passkey_of_another_person_is_neither_renamed_nor_removed(app, factory, browser, key):
    factory.user(BOB)
    browser.sign_in(BOB)
    with app.app_context():
        passkey_id = db.session.query(Passkey).one().id
    browser.get("/account/passkeys")
    token = browser.form().fields["csrf_token"]
    for act in ("rename", "remove"):
        browser.post(f"/account/passkeys/{passkey_id}/{act}", {"csrf_token": token, "name": "Mine"})
        assert browser.status == 404


def test_a_passkey_is_called_what_its_owner_says(browser, key):
    browser.sign_in(ALICE)
    browser.get("/account/passkeys")
    browser.submit("name", name="  <b>Phone</b> ")
    assert "&lt;b&gt;Phone&lt;/b&gt;" in browser.text
    browser.submit("name", name=" ")
    assert browser.status == 422


def test_a_passkey_is_enough_to_turn_the_second_step_on(app, browser, alice, key):
    browser.sign_in(ALICE)
    browser.get("/account/security")
    browser.press("/recovery-codes/new")
    code = browser.text.split("<li><code>")[1].partition("</code>")[0]
    browser.submit("saved", saved="y", code=code)
    assert browser.path == "/account/security"
    other = Browser(app)
    other.sign_in(ALICE)
    assert other.path == "/login/verify"


def test_what_is_remembered_of_questions_is_swept(app, key, clock):
    sign_in(Browser(app), key)
    with app.app_context(), app.test_request_context():
        assert db.session.query(UsedChallenge).count() == 2
        clock.advance(3700)
        assert challenges.sweep() == 2


def test_the_page_of_passkeys_tells_the_browser_which_ones_stand(browser, key):
    browser.sign_in(ALICE)
    browser.get("/account/passkeys")
    told = json.loads(html.unescape(re.search(r'data-accepted-passkeys="([^"]+)"', browser.text)[1]))
    assert told["allAcceptedCredentialIds"] == [encode(key.id)]
    assert told["userId"] == encode(key.user_handle)


def test_an_app_that_asks_again_offers_a_passkey_to_who_has_one_only(app, rp, alice):
    browser = Browser(app)
    browser.sign_in(ALICE)
    browser.get(rp.authorize_url(prompt="login"))
    assert "Confirm with a passkey" not in browser.text
    browser.submit("password", password=PASSWORD)
    add(browser, Authenticator())
    browser.get(rp.authorize_url(prompt="login"))
    assert "Confirm with a passkey" in browser.text
