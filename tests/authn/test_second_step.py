"""The second step: who is asked for it, what it proves, and that it cannot be gone around or guessed."""

import pytest

from idp.core.db import db
from idp.sessions.models import Session
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE = "alice@example.com"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def session_of(app, user_id):
    with app.app_context():
        return db.session.query(Session).filter(Session.user_id == user_id, Session.ended_at.is_(None)).one_or_none()


def test_a_person_with_an_authenticator_app_signs_in_with_its_code(app, browser, factory, alice):
    seed = factory.totp(alice)
    browser.sign_in(ALICE)
    assert browser.path == "/login/verify"
    assert session_of(app, alice) is None
    browser.submit("code", code=factory.code(seed))
    assert browser.path == "/account"
    session = session_of(app, alice)
    assert (session.acr, session.amr) == ("2", ["pwd", "otp", "mfa"])


def test_a_code_is_refused_the_second_time_and_an_older_one_after_it(app, factory, alice):
    seed = factory.totp(alice)
    first, second, code = Browser(app), Browser(app), factory.code(seed)
    first.sign_in(ALICE)
    first.submit("code", code=code)
    second.sign_in(ALICE)
    second.submit("code", code=code)
    assert second.status == 401
    assert "already used" in second.text
    second.submit("code", code=factory.code(seed, -1))
    assert second.status == 401
    second.submit("code", code=factory.code(seed, 1))
    assert second.path == "/account"


def test_a_recovery_code_stands_in_once(app, factory, alice):
    factory.totp(alice)
    code = factory.recovery_codes(alice)[0]
    for expected in (200, 401):
        browser = Browser(app)
        browser.sign_in(ALICE)
        browser.get(browser.url + "&way=recovery")
        browser.submit("code", code=code.upper().replace("-", " "))
        assert browser.status == expected


def test_a_sign_in_begins_again_after_five_wrong_codes_and_the_owner_is_told(app, browser, factory, alice, mailbox):
    factory.totp(alice)
    browser.sign_in(ALICE)
    for _try in range(5):
        browser.submit("code", code="000000")
        assert browser.status == 401
    browser.submit("code", code="000000")
    assert browser.path in {"/login/verify", "/login"}
    browser.get("/account")
    assert browser.path == "/login"


def test_only_the_second_step_is_reachable_with_a_password(app, browser, factory, rp, alice):
    factory.totp(alice)
    browser.sign_in(ALICE)
    for path in ("/account", "/account/password", "/account/sessions", "/account/apps", "/reauth"):
        browser.get(path)
        assert browser.path == "/login"
    assert session_of(app, alice) is None


def test_an_app_that_asks_for_two_factors_gets_them_from_somebody_signed_in_with_one(app, browser, factory, rp, alice):
    seed = factory.totp(alice, on=False)
    browser.sign_in(ALICE)
    assert session_of(app, alice).acr == "1"
    browser.get(rp.authorize_url(acr_values="2"))
    assert browser.path == "/login/verify"
    browser.submit("code", code=factory.code(seed))
    assert browser.path.startswith("/consent")
    assert session_of(app, alice).acr == "2"


def test_an_app_that_only_likes_two_factors_gets_one_of_who_has_one(browser, factory, rp, alice):
    browser.sign_in(ALICE)
    browser.get(rp.authorize_url(acr_values="2 1"))
    assert browser.path.startswith("/consent")


def test_confirming_who_one_is_takes_both_steps(app, browser, factory, alice, clock):
    seed = factory.totp(alice)
    browser.sign_in(ALICE)
    browser.submit("code", code=factory.code(seed))
    clock.advance(600)
    browser.get("/account/sessions")
    browser.submit()
    assert browser.path == "/reauth"
    browser.submit("password", password=PASSWORD)
    assert browser.path == "/login/verify"
    browser.submit("code", code=factory.code(seed))
    assert browser.path == "/reauth/held"
