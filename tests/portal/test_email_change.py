"""LG-16, LG-22: another address, confirmed where it is read, undone where the old one is read."""

import pytest

from idp.accounts import service
from idp.accounts.email import email_change
from idp.accounts.errors import AddressTaken
from idp.accounts.lifecycle import registration
from idp.accounts.models import User
from idp.core.db import db
from idp.sessions.models import Session
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE, NEW, BOB = "alice@example.com", "alice@new.example.com", "bob@example.com"
SECOND = "another quite unrelated phrase"


@pytest.fixture
def alice(factory, browser):
    user_id = factory.user(ALICE)
    browser.sign_in(ALICE)
    return user_id


def address_of(app, user_id):
    with app.app_context():
        return db.session.get(User, user_id).email


def ask(browser, email=NEW):
    browser.get("/account/email")
    return browser.submit("email", email=email)


def change(app, browser, mailbox, email=NEW):
    ask(browser, email)
    other = Browser(app)
    other.get(mailbox(email).link("/new-email/"))
    other.submit()
    return other


def subjects(mailbox, email):
    return [mail["subject"] for mail in mailbox(email).mails]


def test_lg16_an_address_changes_only_when_its_mail_is_answered(app, browser, alice, mailbox):
    ask(browser)
    assert "We sent a link to the new address." in browser.text
    assert NEW in browser.text
    assert address_of(app, alice) == ALICE
    other, link = Browser(app), mailbox(NEW).link("/new-email/")
    for _scan in range(2):
        other.get(link)
        assert NEW in other.text
    assert address_of(app, alice) == ALICE
    other.submit()
    assert "Your e-mail address was changed." in other.text
    assert address_of(app, alice) == NEW
    again = Browser(app)
    again.get(link)
    assert again.status == 410
    signed = Browser(app)
    signed.sign_in(NEW)
    assert signed.path == "/account"


def test_lg22_both_addresses_are_told_and_everybody_signs_in_again(app, browser, alice, mailbox, rp, arrange):
    tokens = arrange.tokens(rp, alice)
    ask(browser)
    assert "Your e-mail address is about to change" in subjects(mailbox, ALICE)
    other = Browser(app)
    other.get(mailbox(NEW).link("/new-email/"))
    other.submit()
    assert "Your e-mail address was changed" in subjects(mailbox, ALICE)
    browser.get("/account")
    assert browser.path == "/login"
    assert rp.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"


def test_lg22_a_change_is_not_asked_for_without_proving_who_asks(browser, alice, mailbox, clock):
    clock.advance(6 * 60)
    ask(browser)
    assert browser.path == "/reauth"
    assert mailbox(NEW).mails == []
    browser.submit("password", password=PASSWORD)
    assert "Change the address" in browser.text
    browser.submit()
    assert mailbox(NEW).mails


def test_an_address_of_somebody_else_looks_like_a_free_one(app, browser, alice, factory, mailbox):
    factory.user(BOB)
    ask(browser, BOB)
    told = browser.text.replace(BOB, "x")
    assert subjects(mailbox, BOB) == ["You already have an account"]
    other_browser = Browser(app)
    factory.user("carol@example.com")
    other_browser.sign_in("carol@example.com")
    ask(other_browser, NEW)
    assert len(other_browser.text.replace(NEW, "x").replace("carol", "alice")) == len(told)


def test_an_address_taken_meanwhile_is_refused_at_the_end(app, browser, alice, factory, mailbox):
    ask(browser)
    factory.user(NEW)
    other = Browser(app)
    other.get(mailbox(NEW).link("/new-email/"))
    other.submit()
    assert other.status == 409
    assert address_of(app, alice) == ALICE


@pytest.mark.parametrize("email", ["", "nonsense", ALICE, "ALICE@example.com"])
def test_an_unfit_address_is_told(browser, alice, email):
    ask(browser, email)
    assert browser.status in {409, 422}
    assert 'id="email-error"' in browser.text


def test_a_change_that_waits_can_be_dropped_or_replaced(app, browser, alice, mailbox, clock):
    ask(browser)
    first = mailbox(NEW).link("/new-email/")
    clock.advance(61)
    ask(browser, "third@example.com")
    assert Browser(app).get(first).status_code == 410
    browser.get("/account/email")
    browser.press("/account/email/cancel")
    assert Browser(app).get(mailbox("third@example.com").link("/new-email/")).status_code == 410


def test_lg16_a_reset_or_sign_in_mail_of_the_old_address_is_dead(app, browser, alice, mailbox):
    stranger = Browser(app)
    stranger.get("/forgot")
    stranger.submit("email", email=ALICE)
    link = mailbox(ALICE).link("/reset/")
    change(app, browser, mailbox)
    assert Browser(app).get(link).status_code == 410


def test_the_old_address_can_bring_the_account_back_for_a_week(app, browser, alice, mailbox, clock):
    change(app, browser, mailbox)
    thief = Browser(app)
    thief.sign_in(NEW)
    thief.get("/account/password")
    thief.submit("password", password=PASSWORD, new_password=SECOND)
    clock.advance(6 * 86400)
    owner = Browser(app)
    owner.get(mailbox(ALICE).link("/undo-email/"))
    assert address_of(app, alice) == NEW
    owner.submit()
    assert "Your old address is back" in owner.text
    assert address_of(app, alice) == ALICE
    for email, password in ((NEW, SECOND), (ALICE, SECOND)):
        locked = Browser(app)
        locked.sign_in(email, password)
        assert locked.cookie("session") is None
    with app.app_context():
        assert db.session.query(Session).filter(Session.ended_at.is_(None)).count() == 0
    owner.get("/forgot")
    owner.submit("email", email=ALICE)
    owner.get(mailbox(ALICE).link("/reset/"))
    owner.submit("new_password", new_password="yet another unrelated phrase")
    owner.sign_in(ALICE, "yet another unrelated phrase")
    assert owner.path == "/account"


def test_after_two_changes_each_old_address_can_bring_the_account_back(app, browser, alice, mailbox, clock):
    change(app, browser, mailbox)
    clock.advance(61)
    again = Browser(app)
    again.sign_in(NEW)
    change(app, again, mailbox, "third@example.com")
    owner = Browser(app)
    owner.get(mailbox(ALICE).link("/undo-email/"))
    owner.submit()
    assert address_of(app, alice) == ALICE
    assert Browser(app).get(mailbox(NEW).link("/undo-email/")).status_code == 410


def test_an_undo_is_over_after_a_week(app, browser, alice, mailbox, clock):
    change(app, browser, mailbox)
    clock.advance(7 * 86400 + 60)
    assert Browser(app).get(mailbox(ALICE).link("/undo-email/")).status_code == 410


def test_nobody_takes_the_old_address_while_it_may_come_back(app, browser, alice, mailbox, clock, arrange):
    change(app, browser, mailbox)
    with pytest.raises(AddressTaken):
        arrange.run(service.add_user, ALICE)
    assert arrange.run(registration.register, ALICE, name="", password=SECOND, browser="x" * 43) is False
    clock.advance(8 * 86400)
    arrange.run(service.add_user, ALICE)


def test_lg14_the_second_step_is_asked_after_a_change(app, browser, alice, factory, mailbox, clock):
    change(app, browser, mailbox)
    factory.totp(alice)
    again = Browser(app)
    again.sign_in(NEW)
    assert again.path == "/login/verify"


@pytest.mark.parametrize("path", ["/new-email", "/undo-email", "/undelete"])
def test_a_page_without_its_mail_is_dead(client, path):
    assert client.get(path).status_code == 410
    assert client.get(f"{path}/{'x' * 43}").status_code == 303


def test_a_turned_off_account_changes_no_address(app, browser, alice, mailbox, arrange):
    from idp.accounts.lifecycle import states

    ask(browser)
    link = mailbox(NEW).link("/new-email/")
    arrange.run(states.lock, alice)
    other = Browser(app)
    other.get(link)
    other.submit()
    assert other.status == 410
    assert address_of(app, alice) == ALICE
    assert email_change
