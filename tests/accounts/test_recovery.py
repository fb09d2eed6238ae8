"""Forgotten passwords, «This wasn't me», and the end of a pause."""

import pytest

from idp.accounts.credentials import recovery
from idp.accounts.credentials.passwords import check_password
from idp.accounts.lifecycle import states
from idp.accounts.service import find_by_email, get_user
from idp.audit.service import find_events
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE = "alice@example.com"
NEW = "another quite unrelated phrase"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def forget(browser, email=ALICE):
    browser.get("/forgot")
    return browser.submit("email", email=email)


def has_password(app, password, email=ALICE):
    with app.app_context():
        return check_password(find_by_email(email), password)


def test_a_forgotten_password_is_replaced_by_the_mailed_link(app, browser, alice, mailbox):
    forget(browser)
    assert browser.status == 200
    assert "30 minutes" in browser.text
    browser.get(mailbox(ALICE).link("/reset/"))
    assert browser.path == "/reset"
    assert "a•••@example.com" in browser.text
    browser.submit("new_password", new_password=NEW)
    assert browser.path == "/login"
    assert has_password(app, NEW)
    assert not has_password(app, PASSWORD)
    browser.sign_in(ALICE, NEW)
    assert browser.cookie("session")


def test_the_token_leaves_the_address_before_a_page_is_shown(client, browser, alice, mailbox):
    forget(browser)
    response = client.get(mailbox(ALICE).link("/reset/"))
    assert response.status_code == 303
    assert response.headers["Location"] == "/reset"
    cookie = next(value for value in response.headers.getlist("Set-Cookie") if "link_reset" in value)
    for word in ("__Host-idp_link_reset=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie


def test_a_refused_password_leaves_the_link_good(app, browser, alice, mailbox):
    forget(browser)
    browser.get(mailbox(ALICE).link("/reset/"))
    browser.submit("new_password", new_password="short")
    assert browser.status == 422
    browser.submit("new_password", new_password=NEW)
    assert has_password(app, NEW)


def test_a_reset_confirms_the_address_of_its_reader(app, browser, factory, mailbox):
    factory.user(ALICE, verified=False)
    forget(browser)
    browser.get(mailbox(ALICE).link("/reset/"))
    browser.submit("new_password", new_password=NEW)
    with app.app_context():
        assert find_by_email(ALICE).email_verified


def test_an_account_without_a_password_gets_one_by_a_reset(app, browser, factory, mailbox):
    factory.user(ALICE, password=None)
    forget(browser)
    browser.get(mailbox(ALICE).link("/reset/"))
    browser.submit("new_password", new_password=NEW)
    assert has_password(app, NEW)


def test_a_reset_page_without_a_link_says_so(browser):
    browser.get("/reset")
    assert browser.status == 410


def test_the_owner_who_says_not_me_locks_the_account_until_a_reset(app, browser, alice, mailbox):
    thief = Browser(app)
    thief.sign_in(ALICE)
    thief.get("/account/password")
    thief.submit("new_password", password=PASSWORD, new_password=NEW)
    link = mailbox(ALICE).link("/revoke/")
    browser.get(link)
    assert browser.path == "/revoke"
    with app.app_context():
        assert get_user(alice).locked_at is None
    browser.submit()
    with app.app_context():
        assert get_user(alice).lock_reason == "reported"
        assert find_events(tag="account.reported")[0].subject == f"user:{alice}"
    thief.get("/account")
    assert thief.path == "/login"
    thief.sign_in(ALICE, NEW)
    assert not thief.cookie("session") or thief.path == "/login"
    forget(browser)
    browser.get(mailbox(ALICE).link("/reset/"))
    browser.submit("new_password", new_password=PASSWORD + " again")
    with app.app_context():
        assert get_user(alice).is_active
    browser.sign_in(ALICE, PASSWORD + " again")
    browser.get("/account")
    assert browser.path == "/account"


def test_not_me_links_work_for_a_week_whatever_the_thief_changes(app, alice, mailbox, clock, context):
    recovery.set_password(alice, NEW)
    link = mailbox(ALICE).link("/revoke/")
    recovery.set_password(alice, PASSWORD + " once more")
    clock.advance(7 * 24 * 3600 - 10)
    owner = Browser(app)
    owner.get(link)
    owner.submit()
    assert get_user(alice).lock_reason == "reported"


def test_not_me_links_end_after_a_week(app, alice, mailbox, clock, context):
    recovery.set_password(alice, NEW)
    link = mailbox(ALICE).link("/revoke/")
    clock.advance(7 * 24 * 3600 + 1)
    assert Browser(app).get(link).status_code == 410


def test_lg05_a_reset_does_not_open_an_account_that_an_administrator_locked(app, browser, alice, mailbox):
    forget(browser)
    link = mailbox(ALICE).link("/reset/")
    with app.app_context():
        states.lock(alice)
    assert Browser(app).get(link).status_code == 410
    count = len(mailbox(ALICE).mails)
    browser.get("/forgot")
    forget(browser)
    assert len(mailbox(ALICE).mails) == count
    with app.app_context():
        assert not get_user(alice).is_active


def test_lg05_a_not_me_does_not_turn_an_administrators_lock_into_one_a_reset_lifts(
    app, browser, alice, mailbox, context
):
    recovery.set_password(alice, NEW)
    link = mailbox(ALICE).link("/revoke/")
    states.lock(alice)
    browser.get(link)
    browser.submit()
    assert get_user(alice).lock_reason == "admin"


def test_lg05_a_reset_does_not_turn_on_a_disabled_account(app, browser, alice, mailbox):
    forget(browser)
    link = mailbox(ALICE).link("/reset/")
    with app.app_context():
        states.disable(alice)
    assert Browser(app).get(link).status_code == 410
    with app.app_context():
        assert get_user(alice).state == "disabled"


def test_lg04_the_owner_is_told_of_a_block_once_and_can_end_it(app, browser, alice, mailbox, context):
    from idp.accounts.signals import sign_in_unblocked

    forgiven = []

    def listen(_sender, **values):
        forgiven.append(values)

    for _time in range(20):
        recovery.tell_blocked(ALICE)
    recovery.tell_blocked("nobody@example.com")
    assert len(mailbox(ALICE).mails) == 1
    with sign_in_unblocked.connected_to(listen):
        browser.get(mailbox(ALICE).link("/unlock/"))
        assert forgiven == []
        browser.submit()
    assert forgiven == [{"user_id": alice, "identifiers": [ALICE]}]
    assert browser.path == "/login"


def test_lg04_a_reset_forgives_the_failures_of_strangers(app, browser, alice, mailbox):
    from idp.accounts.signals import sign_in_unblocked

    forgiven = []

    def listen(_sender, **values):
        forgiven.append(values["user_id"])

    forget(browser)
    browser.get(mailbox(ALICE).link("/reset/"))
    with sign_in_unblocked.connected_to(listen):
        browser.submit("new_password", new_password=NEW)
    assert forgiven == [alice]
