"""Getting a second step and losing it again: in the account, and inside a sign-in that asks for it."""

import re

import pytest

from idp.accounts.models import User
from idp.authn.models import RecoveryCode, TotpAuthenticator
from idp.core.db import db
from idp.sessions.models import Session
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE = "alice@example.com"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


@pytest.fixture
def signed_in(browser, alice):
    browser.sign_in(ALICE)
    browser.get("/account/security")
    return browser


def key_of(page):
    return re.search(r"<code dir=\"ltr\">([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")


def codes_of(page):
    return re.findall(r"<li><code>([a-z0-9-]{14})</code></li>", page)


def set_up(browser, code_of):
    """Go through both pages; return the seed and the codes."""
    browser.press("/authenticator/new")
    seed = key_of(browser.text)
    browser.submit("code", code=code_of(seed), name="My phone")
    codes = codes_of(browser.text)
    browser.submit("saved", saved="y", code=codes[3])
    return seed, codes


def rows(app, model, user_id):
    with app.app_context():
        return db.session.query(model).filter(model.user_id == user_id).all()


def is_on(app, user_id):
    with app.app_context():
        return db.session.get(User, user_id).has_second_step


def test_an_app_is_on_only_when_its_codes_are_proved_saved(app, signed_in, factory, alice, mailbox):
    signed_in.press("/authenticator/new")
    seed = key_of(signed_in.text)
    assert seed not in str(signed_in.form("code").fields)
    signed_in.submit("code", code="000000")
    assert (signed_in.status, key_of(signed_in.text)) == (401, seed)
    signed_in.submit("code", code=factory.code(seed), name="My phone")
    assert signed_in.path == "/account/security/recovery-codes"
    codes = codes_of(signed_in.text)
    assert len(set(codes)) == 10
    assert not is_on(app, alice)
    assert not rows(app, TotpAuthenticator, alice)
    signed_in.submit("saved", code=codes[0])
    assert signed_in.status == 422
    signed_in.submit("saved", saved="y", code="aaaa-bbbb-cccc")
    assert (signed_in.status, codes_of(signed_in.text)) == (401, codes)
    assert not is_on(app, alice)
    signed_in.submit("saved", saved="y", code=codes[3].upper().replace("-", " "))
    assert signed_in.path == "/account/security"
    assert "My phone" in signed_in.text
    assert is_on(app, alice)
    assert [row.used_at for row in rows(app, RecoveryCode, alice)] == [None] * 10
    assert not set(codes) & {row.digest for row in rows(app, RecoveryCode, alice)}
    assert {"Second step turned on", "New recovery codes"} <= {mail["subject"] for mail in mailbox(ALICE).mails}


def test_the_code_that_proved_the_app_does_not_open_the_account(app, signed_in, factory):
    used = []
    seed, _codes = set_up(signed_in, lambda seed: used.append(factory.code(seed)) or used[-1])
    other = Browser(app)
    other.sign_in(ALICE)
    other.submit("code", code=used[0])  # itself: half a minute later the app would show another
    assert other.status == 401
    other.submit("code", code=factory.code(seed, 1))
    assert other.path == "/account"


def test_a_new_second_step_ends_the_other_sessions_and_renews_this_one(app, signed_in, factory, alice):
    other = Browser(app)
    other.sign_in(ALICE)
    before = signed_in.cookie("session")
    set_up(signed_in, factory.code)
    assert signed_in.cookie("session") != before
    other.get("/account")
    assert other.path == "/login"
    live = [row for row in rows(app, Session, alice) if row.ended_at is None]
    assert [(row.acr, row.amr) for row in live] == [("2", ["pwd", "otp", "mfa"])]


def test_the_codes_come_as_a_file_to_their_own_browser_only(app, signed_in, factory):
    signed_in.press("/authenticator/new")
    signed_in.submit("code", code=factory.code(key_of(signed_in.text)))
    codes, url = codes_of(signed_in.text), re.search(r'href="([^"]+recovery-codes\.txt[^"]+)"', signed_in.text)[1]
    stranger = Browser(app)
    stranger.get(url.replace("&amp;", "&"))
    assert stranger.status == 410
    signed_in.get(url)
    assert signed_in.text.split() == codes
    assert signed_in.response.headers["Content-Disposition"].startswith("attachment")
    assert signed_in.response.headers["Cache-Control"] == "no-store"


def test_an_enrolment_is_taken_into_use_once(signed_in, factory):
    signed_in.press("/authenticator/new")
    signed_in.submit("code", code=factory.code(key_of(signed_in.text)))
    form, url, codes = signed_in.form("saved"), signed_in.url, codes_of(signed_in.text)
    values = {**form.fields, "saved": "y", "code": codes[0]}
    signed_in.post(url, values)
    assert signed_in.path == "/account/security"
    signed_in.post(url, {**values, **signed_in.form().fields})
    assert signed_in.status == 410


def test_the_codes_are_not_reached_before_the_app_has_shown_one(signed_in):
    signed_in.press("/authenticator/new")
    signed_in.get(signed_in.url.replace("/authenticator", "/recovery-codes"))
    assert signed_in.status == 410


@pytest.mark.parametrize("path", ["authenticator", "recovery-codes"])
def test_an_enrolment_of_another_person_is_not_entered(app, signed_in, factory, path):
    factory.user("bob@example.com")
    signed_in.press("/authenticator/new")
    url = signed_in.url.replace("authenticator", path)
    signed_in.get("/login?switch=1")
    signed_in.submit("identifier", identifier="bob@example.com", password=PASSWORD)
    signed_in.get(url)
    assert signed_in.status == 410


def test_mf06_new_codes_make_the_old_ones_void(app, signed_in, factory, alice):
    _seed, old = set_up(signed_in, factory.code)
    signed_in.press("/recovery-codes/new")
    new = codes_of(signed_in.text)
    assert not set(new) & set(old)
    signed_in.get(signed_in.url)
    assert codes_of(signed_in.text) == new
    signed_in.submit("saved", saved="y", code=new[9])
    for code, status in ((old[0], 401), (new[0], 200), (new[0], 401)):
        other = Browser(app)
        other.sign_in(ALICE)
        other.get(other.url + "&way=recovery")
        other.submit("code", code=code)
        assert other.status == status


def test_using_a_recovery_code_says_how_many_are_left(app, signed_in, factory, mailbox):
    _seed, codes = set_up(signed_in, factory.code)
    other = Browser(app)
    for number, code in enumerate(codes[:7], 1):
        other = Browser(app)
        other.sign_in(ALICE)
        other.get(other.url + "&way=recovery")
        other.submit("code", code=code)
        assert f"You have {10 - number} recovery codes left." in other.text
    assert any("You have 3 codes left" in mail["text"] for mail in mailbox(ALICE).mails)
    other.get("/account")
    assert "You have 3 recovery codes left." in other.text


def test_mf06_removing_the_app_turns_the_second_step_off_and_ends_other_sessions(
    app, signed_in, factory, alice, mailbox
):
    seed, _codes = set_up(signed_in, factory.code)
    other = Browser(app)
    other.sign_in(ALICE)
    other.submit("code", code=factory.code(seed, 1))
    signed_in.get("/account/security")
    signed_in.press("/authenticator/remove")
    assert signed_in.path == "/account/security"
    assert not is_on(app, alice)
    assert not rows(app, TotpAuthenticator, alice)
    assert not rows(app, RecoveryCode, alice)
    other.get("/account")
    assert other.path == "/login"
    assert "A second step was removed" in mailbox(ALICE).newest["subject"]


def test_mf06_removing_the_app_needs_a_fresh_proof_with_the_second_step(app, signed_in, factory, alice, clock):
    seed, codes = set_up(signed_in, factory.code)
    clock.advance(360)
    signed_in.get("/account/security")
    signed_in.press("/authenticator/remove")
    assert signed_in.path == "/reauth"
    signed_in.submit("password", password=PASSWORD)
    assert signed_in.path == "/login/verify"
    assert "recovery" not in signed_in.text
    signed_in.submit("code", code=codes[0], way="recovery")
    assert signed_in.status == 401
    signed_in.submit("code", code=factory.code(seed))
    assert "Remove the authenticator app" in signed_in.text
    assert is_on(app, alice)
    signed_in.submit()
    assert not is_on(app, alice)


@pytest.fixture
def strict(make_app):
    """A house in which everyone must have a second step."""
    return make_app(second_step={"required": "everyone"})


def test_the_last_second_step_stays_while_the_house_asks_for_one(app, strict, factory, alice):
    seed = factory.totp(alice)
    browser = Browser(strict)
    browser.sign_in(ALICE)
    browser.submit("code", code=factory.code(seed))
    browser.get("/account/security")
    browser.press("/authenticator/remove")
    assert browser.status == 409
    assert is_on(app, alice)


def test_who_must_have_a_second_step_sets_it_up_before_the_session_opens(app, strict, factory, alice):
    browser = Browser(strict)
    browser.sign_in(ALICE)
    assert browser.path == "/login/required/enrol"
    browser.submit("code", code=factory.code(key_of(browser.text)), name="")
    assert browser.path == "/login/required/enrol"
    codes, page = codes_of(browser.text), browser.url
    assert not is_on(app, alice)
    browser.get(re.search(r'href="([^"]+recovery-codes\.txt[^"]+)"', browser.text)[1])
    assert browser.text.split() == codes
    browser.get("/account")
    assert browser.path == "/login"
    browser.get(page)
    assert codes_of(browser.text) == codes
    browser.submit("saved", saved="y", code=codes[0])
    assert browser.path == "/account"
    live = [row for row in rows(app, Session, alice) if row.ended_at is None]
    assert [(row.acr, row.amr) for row in live] == [("2", ["pwd", "otp", "mfa"])]
    assert is_on(app, alice)


@pytest.mark.parametrize(
    "path", ["/account", "/account/security", "/account/security/authenticator", "/account/password"]
)
def test_mf04_nothing_of_the_account_is_reached_before_the_forced_step(strict, alice, path):
    browser = Browser(strict)
    browser.sign_in(ALICE)
    browser.get(path)
    assert browser.path == "/login"


def test_mf04_the_forced_step_is_not_skipped(app, strict, factory, alice):
    browser = Browser(strict)
    browser.sign_in(ALICE)
    page = browser.url
    for address in (page, page.replace("enrol", "terms"), page.replace("/required/enrol", "/verify")):
        browser.post(address, {"csrf_token": "", "flow": page.partition("flow=")[2]})
        browser.get("/account")
        assert browser.path == "/login"
    browser.get(page)
    for values in (
        {},
        {"code": "", "saved": "y"},
        {"decision": "accept"},
        {"decision": "continue"},
        {"code": "123456"},
    ):
        browser.get(page)
        browser.submit("code", **{"code": "", **values})
        assert browser.path == "/login/required/enrol"
    assert not is_on(app, alice)
    browser.get(page)
    browser.submit("code", code=factory.code(key_of(browser.text)))
    codes = codes_of(browser.text)
    browser.submit("saved", code=codes[0])
    browser.submit("saved", saved="y", code="")
    assert browser.status == 422
    assert not is_on(app, alice)
    assert not rows(app, Session, alice)


def test_mf04_a_password_alone_gives_an_app_nothing(app, rp, factory, alice):
    factory.totp(alice)
    browser = Browser(app)
    browser.get(rp.authorize_url())
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    assert browser.path == "/login/verify"
    for address in (rp.authorize_url(), rp.authorize_url(prompt="none")):
        browser.left_for = None
        browser.get(address)
        assert browser.left_for is None or "code=" not in browser.left_for
