"""Signing in by a mail that holds a code and a link, and every way in which it must open nothing."""

import pytest
from sqlalchemy import update

from idp.accounts.models import User
from idp.audit.service import find_events
from idp.core.clock import now
from tests.actors import Browser
from tests.conftest import make_settings
from tests.factories import PASSWORD

ALICE, BOB = "alice@example.com", "bob@example.com"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def ask(browser, email=ALICE, **query):
    browser.get("/login/email", query_string=query)
    browser.submit("email", email=email)
    assert browser.path == "/login/email/code"


def amr_of(app):
    """The methods of the newest sign-in."""
    with app.app_context():
        return find_events(tag="login.succeeded")[0].detail["amr"]


def is_signed_in(browser):
    browser.get("/account")
    return browser.path == "/account"


def test_the_code_signs_in_where_it_was_asked_for(app, browser, alice, mailbox):
    ask(browser)
    browser.submit("code", code=mailbox(ALICE).code, remember="on")
    assert browser.path == "/account"
    assert amr_of(app) == ["email"]


def test_the_link_signs_in_anywhere_and_only_when_posted(app, browser, alice, mailbox):
    ask(browser)
    other, link = Browser(app), mailbox(ALICE).link("/login/email/")
    for _scan in range(2):
        other.get(link)
        assert "Sign in with this account?" in other.text
        assert ALICE in other.text
    assert not is_signed_in(other)
    other.get(link)
    other.submit()
    assert other.path == "/account"
    again = Browser(app)
    again.get(link)
    assert "This link does not work" in again.text
    assert not is_signed_in(again)


def test_a_sign_in_for_an_app_goes_on_by_link_in_the_same_browser(browser, rp, alice, mailbox):
    browser.get(rp.authorize_url())
    browser.get(next(line.split('"')[0] for line in browser.text.split('href="') if "/login/email" in line[:20])
                .replace("&amp;", "&"))  # fmt: skip
    browser.submit("email", email=ALICE)
    browser.get(mailbox(ALICE).link("/login/email/"))
    assert "Demo Shop" in browser.text
    browser.submit()
    assert browser.path.startswith("/consent")


def test_the_code_works_once_in_its_browser_for_ten_minutes(app, browser, alice, mailbox, clock):
    ask(browser)
    code, stranger = mailbox(ALICE).code, Browser(app)
    ask(stranger, BOB)
    stranger.submit("code", code=code)
    assert stranger.status == 401
    clock.advance(10 * 60 - 5)
    browser.get("/login/email/code")
    clock.advance(6)
    browser.submit("code", code=code)
    assert browser.path == "/login"
    assert not is_signed_in(browser)


def test_a_code_and_its_link_are_one_key(app, browser, alice, mailbox):
    ask(browser)
    link = mailbox(ALICE).link("/login/email/")
    browser.submit("code", code=mailbox(ALICE).code)
    other = Browser(app)
    other.get(link)
    assert "This link does not work" in other.text


def test_codes_can_be_tried_five_times(browser, alice, mailbox):
    ask(browser)
    right = mailbox(ALICE).code
    wrong = "000 000" if right != "000000" else "111 111"
    for _try in range(5):
        browser.submit("code", code=wrong)
        assert browser.status == 401
        assert "That code is not right." in browser.text
    browser.submit("code", code=right)
    assert browser.status == 429
    assert not is_signed_in(browser)


def test_every_address_gets_the_same_answer(app, factory, mailbox):
    factory.user(ALICE)
    factory.user("off@example.com", state="disabled")
    pages = set()
    for email in (ALICE, "nobody@example.com", "off@example.com"):
        browser = Browser(app)
        ask(browser, email)
        assert browser.status == 200
        pages.add(len(browser.text.replace(email[0] + "•••", "x•••")))
    assert max(pages) - min(pages) <= 0 or len(pages) == 1
    assert not mailbox("off@example.com").mails
    assert not mailbox("nobody@example.com").mails


def test_an_address_nobody_confirmed_gets_the_link_to_a_new_password_instead(browser, factory, mailbox):
    factory.user(ALICE, verified=False, self_registered=True)
    ask(browser)
    assert mailbox(ALICE).newest["subject"] == "Choose a new password"


def test_the_second_step_is_asked_after_the_mail(app, browser, factory, alice, mailbox, clock):
    seed = factory.totp(alice)
    ask(browser)
    browser.submit("code", code=mailbox(ALICE).code)
    assert browser.path == "/login/verify"
    assert not is_signed_in(browser)
    clock.advance(61)
    ask(browser)
    browser.submit("code", code=mailbox(ALICE).code)
    browser.submit("code", code=factory.code(seed))
    assert browser.path == "/account"
    assert amr_of(app) == ["email", "otp", "mfa"]


@pytest.mark.parametrize("way", ["code", "link"])
@pytest.mark.parametrize("change", [{"state": "disabled"}, {"lock_reason": "reported"}])
def test_an_account_that_is_off_opens_by_no_mail(arrange, browser, alice, mailbox, change, way):
    ask(browser)
    code, link = mailbox(ALICE).code, mailbox(ALICE).link("/login/email/")
    arrange.execute(
        update(User).where(User.id == alice).values(change | ({} if "state" in change else {"locked_at": now()}))
    )
    if way == "code":
        browser.submit("code", code=code)
        assert browser.status == 401
    else:
        browser.get(link)
        assert "This link does not work" in browser.text
    assert not is_signed_in(browser)


def test_a_new_password_makes_the_mail_worthless(app, browser, alice, mailbox, arrange):
    from idp.accounts.credentials import recovery

    ask(browser)
    link = mailbox(ALICE).link("/login/email/")
    arrange.run(recovery.set_password, alice, "another quite unrelated phrase")
    browser.get(link)
    assert "This link does not work" in browser.text


def test_another_mail_waits_a_minute_and_replaces_the_first(browser, alice, mailbox, clock):
    ask(browser)
    first = mailbox(ALICE).code
    browser.press("/login/email/again")
    assert browser.status == 429
    clock.advance(61)
    browser.get("/login/email/code")
    browser.press("/login/email/again")
    assert "We sent another mail." in browser.text
    assert len(mailbox(ALICE).mails) == 2
    if mailbox(ALICE).code != first:
        browser.submit("code", code=first)
        assert browser.status == 401
    browser.submit("code", code=mailbox(ALICE).code)
    assert browser.path == "/account"


def test_somebody_without_a_password_confirms_by_mail(app, browser, factory, mailbox, clock):
    factory.user(ALICE, password=None)
    ask(browser)
    browser.submit("code", code=mailbox(ALICE).code)
    clock.advance(6 * 60)
    browser.get("/account/passkeys")
    browser.press("/account/passkeys/new")
    assert browser.path == "/reauth"
    browser.get(
        browser.text.split('href="/login/email')[1].join(["/login/email", ""]).split('"')[0].replace("&amp;", "&")
    )
    assert ALICE in browser.text
    browser.submit(email=BOB)
    assert browser.path == "/login/email/code"
    browser.submit("code", code=mailbox(ALICE).code)
    assert "Add a passkey" in browser.text


def test_a_password_is_not_replaced_by_a_mail_before_an_act(browser, alice, clock):
    browser.sign_in(ALICE)
    clock.advance(6 * 60)
    browser.get("/account/passkeys")
    browser.press("/account/passkeys/new")
    flow = browser.form().fields["flow"]
    browser.get("/login/email", query_string={"flow": flow})
    assert browser.path == "/reauth"
    assert PASSWORD not in browser.text


def test_the_house_can_do_without(app, monkeypatch):
    settings = make_settings(accounts={"email_sign_in": False})
    monkeypatch.setitem(app.extensions, "idp.settings", settings)
    browser = Browser(app)
    assert "/login/email" not in (browser.get("/login") and browser.text)
    for path in ("/login/email", "/login/email/code", "/login/email/confirm", "/login/email/" + "x" * 43):
        assert browser.get(path).status_code == 404
