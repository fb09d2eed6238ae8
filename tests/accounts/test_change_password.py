"""Changing the password while signed in."""

import pytest

from idp.accounts.credentials.passwords import check_password
from idp.accounts.service import find_by_email
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE = "alice@example.com"
NEW = "another quite unrelated phrase"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


@pytest.fixture
def signed_in(browser, alice):
    browser.sign_in(ALICE)
    browser.get("/account/password")
    return browser


def has_password(app, password):
    with app.app_context():
        return check_password(find_by_email(ALICE), password)


def test_a_person_changes_the_password(app, signed_in, mailbox):
    signed_in.submit("new_password", password=PASSWORD, new_password=NEW)
    assert signed_in.path == "/account/password"
    assert signed_in.status == 200
    assert has_password(app, NEW)
    assert mailbox(ALICE).link("/revoke/")


def test_other_sessions_end_and_this_one_goes_on(app, signed_in):
    other = Browser(app)
    other.sign_in(ALICE)
    signed_in.submit("new_password", password=PASSWORD, new_password=NEW)
    other.get("/account")
    assert other.path == "/login"
    signed_in.get("/account")
    assert signed_in.path == "/account"


def test_other_sessions_go_on_when_the_person_wants_it(app, signed_in):
    other = Browser(app)
    other.sign_in(ALICE)
    signed_in.submit("new_password", password=PASSWORD, new_password=NEW, end_others=None)
    other.get("/account")
    assert other.path == "/account"


def test_lg22_the_password_is_not_changed_without_the_current_one(app, signed_in):
    for wrong in ("", "not my password at all", PASSWORD + "\x00"):
        signed_in.get("/account/password")
        signed_in.submit("new_password", password=wrong, new_password=NEW)
        assert signed_in.status == 422
    assert has_password(app, PASSWORD)


def test_lg22_guesses_at_the_current_password_are_counted(app, signed_in):
    for _guess in range(5):
        signed_in.submit("new_password", password="not my password at all", new_password=NEW)
    signed_in.submit("new_password", password=PASSWORD, new_password=NEW)
    assert signed_in.status == 429
    assert int(signed_in.response.headers["Retry-After"]) > 0
    assert has_password(app, PASSWORD)


def test_the_new_password_must_be_another_and_good(app, signed_in):
    for unfit in (PASSWORD, "short", "alice@example.com", "passwordpassword"):
        signed_in.get("/account/password")
        signed_in.submit("new_password", password=PASSWORD, new_password=unfit)
        assert signed_in.status == 422
    assert has_password(app, PASSWORD)


@pytest.mark.parametrize("path", ["/account", "/account/password"])
def test_strangers_are_sent_to_sign_in(browser, path):
    browser.get(path)
    assert browser.path == "/login"


def test_a_stranger_changes_no_password(client, alice):
    assert client.post("/account/password", data={"password": PASSWORD, "new_password": NEW}).status_code in {303, 403}
