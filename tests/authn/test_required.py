"""Steps that a person must take between the factors and the session: none can be skipped, each is asked once."""

import pytest
from sqlalchemy import update

from idp.accounts.credentials import recovery
from idp.accounts.models import User
from idp.audit.service import find_events
from idp.core.clock import use_offset_file
from tests.actors import Browser
from tests.authenticator import Authenticator, options_of
from tests.factories import PASSWORD

ALICE = "alice@example.com"
NEW = "another quite unrelated phrase"
TERMS = {"terms_url": "https://example.com/terms", "terms_version": "2026-11"}


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def given(arrange, user_id):
    arrange.run(recovery.set_password, user_id, PASSWORD, must_change=True)


def is_signed_in(browser):
    browser.get("/account")
    return browser.path == "/account"


def test_a_password_that_somebody_else_chose_is_changed_first(app, browser, arrange, alice, mailbox):
    other = Browser(app)
    other.sign_in(ALICE)
    given(arrange, alice)
    browser.sign_in(ALICE)
    assert browser.path == "/login/required/password"
    assert not is_signed_in(browser)
    browser.sign_in(ALICE)
    for refused in ("", "short", PASSWORD):
        browser.submit("new_password", new_password=refused)
        assert browser.status == 422
        assert browser.cookie("session") is None
    browser.submit("new_password", new_password=NEW)
    assert browser.path == "/account"
    assert "Your password was changed" in [mail["subject"] for mail in mailbox(ALICE).mails]
    again = Browser(app)
    again.sign_in(ALICE, NEW)
    assert again.path == "/account"


def test_a_password_changed_elsewhere_meanwhile_ends_the_step(browser, arrange, alice):
    given(arrange, alice)
    browser.sign_in(ALICE)
    arrange.run(recovery.set_password, alice, "seven purple elephants dance")
    browser.submit("new_password", new_password=NEW)
    assert browser.path == "/login"
    assert browser.cookie("session") is None


def test_a_short_password_stands_only_beside_a_second_step(app, browser, arrange, factory, clock):
    user_id = factory.user(ALICE, password="kx9!vTq2")
    seed = factory.totp(user_id)
    browser.sign_in(ALICE, "kx9!vTq2")
    browser.submit("code", code=factory.code(seed))
    assert browser.path == "/account"
    from idp.authn.enrol import service

    arrange.run(service.remove_app, user_id)
    other = Browser(app)
    other.sign_in(ALICE, "kx9!vTq2")
    assert other.path == "/login/required/password"
    other.submit("new_password", new_password="w8#Lm2pz")
    assert "Use at least 15 characters" in other.text


def test_newer_terms_are_accepted_again(make_app, alice, app):
    for version, asked in (("2026-10", True), ("2026-10", False), ("2026-11", True)):
        browser = Browser(make_app(brand={**TERMS, "terms_version": version}))
        browser.sign_in(ALICE)
        assert (browser.path == "/login/required/terms") is asked
        if asked:
            browser.submit("decision", "accept")
        assert browser.path == "/account"
    with app.app_context():
        assert [event.detail["version"] for event in find_events(tag="account.terms_accepted")] == [
            "2026-11",
            "2026-10",
        ]


def test_a_name_is_told_where_the_house_wants_one(make_app, factory):
    factory.user(ALICE, name="")
    browser = Browser(make_app(accounts={"require_name": True}))
    browser.sign_in(ALICE)
    assert browser.path == "/login/required/profile"
    browser.submit("name", name="")
    assert browser.status == 422
    browser.submit("name", name="Alice Baker")
    assert browser.path == "/account"
    assert "Alice Baker" in browser.text


def test_several_steps_are_counted(make_app, factory, arrange):
    user_id = factory.user(ALICE, name="")
    given(arrange, user_id)
    browser = Browser(make_app(accounts={"require_name": True}, brand=TERMS))
    browser.sign_in(ALICE)
    assert "Step 1 of 3" in browser.text
    browser.submit("new_password", new_password=NEW)
    assert "Step 2 of 3" in browser.text
    browser.submit("decision", "accept")
    assert "Step 3 of 3" in browser.text
    browser.submit("name", name="Alice")
    assert browser.path == "/account"


def test_steps_cannot_be_taken_out_of_turn(make_app, factory, arrange):
    user_id = factory.user(ALICE, name="")
    given(arrange, user_id)
    browser = Browser(make_app(accounts={"require_name": True}, brand=TERMS))
    browser.sign_in(ALICE)
    form = browser.form("new_password")
    for step in ("terms", "profile", "passkey", "enrol"):
        browser.get(f"/login/required/{step}", query_string={"flow": form.fields["flow"]})
        assert browser.path == "/login"
        browser.post(f"/login/required/{step}", {**form.fields, "decision": "accept", "name": "Mallory"})
        assert browser.path == "/login"
    assert not is_signed_in(browser)


def test_a_step_of_one_browser_is_of_no_other(app, browser, arrange, alice):
    given(arrange, alice)
    browser.sign_in(ALICE)
    other = Browser(app)
    other.get("/login")
    other.get(browser.url)
    assert "new_password" not in other.text


def test_a_passkey_is_offered_after_a_password_and_not_again_for_two_weeks(make_app, factory, alice, clock, app):
    house = make_app(accounts={"offer_passkeys": True})
    use_offset_file(clock.path)
    browser = Browser(house)
    browser.sign_in(ALICE)
    assert browser.path == "/login/required/passkey"
    assert not is_signed_in(browser)
    browser.sign_in(ALICE)
    browser.submit("decision", "later")
    assert browser.path == "/account"
    for days, asked in ((13, False), (2, True)):
        clock.advance(days * 86400)
        again = Browser(house)
        again.sign_in(ALICE)
        assert (again.path == "/login/required/passkey") is asked
    again.submit("code", code=Authenticator().create(options_of(again.text)))
    assert again.path == "/account"
    again.get("/account/passkeys")
    assert "Remove" in again.text


def test_a_passkey_is_not_offered_to_who_has_one(make_app, arrange, alice):
    arrange.execute(update(User).where(User.id == alice).values(passkey_offered_at=None))
    house = make_app(accounts={"offer_passkeys": True})
    browser, key = Browser(house), Authenticator()
    browser.sign_in(ALICE)
    browser.submit("code", code=key.create(options_of(browser.text)))
    other = Browser(house)
    other.sign_in(ALICE)
    assert other.path == "/account"
