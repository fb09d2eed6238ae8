"""LG-11, LG-13, LG-14, LG-16: what a mailed link is good for, and what it is not."""

import base64
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from idp.accounts import service
from idp.accounts.credentials import recovery
from idp.accounts.credentials.passwords import check_password
from idp.accounts.email import links
from idp.accounts.email.links import INVITE, NOT_ME, UNLOCK, VERIFY
from idp.accounts.errors import DeadLink
from idp.accounts.lifecycle import registration
from idp.accounts.models import EmailToken
from idp.audit.service import find_events
from idp.core.db import db, transaction
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE, BOB = "alice@example.com", "bob@example.com"
NEW = "another quite unrelated phrase"
MINUTES_30 = 30 * 60


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def ask(app, email=ALICE):
    """Ask for a reset as its own network, so that only what is tested limits it."""
    with app.app_context(), app.test_request_context(base_url="https://id.example.com"):
        recovery.send_reset(service.find_by_email(email))


def token_of(mailbox, email=ALICE, start="/reset/"):
    return mailbox(email).link(start).rsplit("/", 1)[1]


def reset(app, token):
    with app.app_context(), app.test_request_context(base_url="https://id.example.com"):
        return recovery.reset_password(token, NEW).id


def test_lg11_a_reset_token_is_random_and_kept_as_a_digest(app, alice, mailbox):
    tokens = set()
    for _mail in range(5):
        ask(app)
        tokens.add(token_of(mailbox))
    assert len(tokens) == 5
    assert all(len(base64.urlsafe_b64decode(token + "=")) * 8 >= 128 for token in tokens)
    with app.app_context():
        kept = {row.digest for row in db.session.execute(select(EmailToken)).scalars()}
    assert not kept & tokens
    assert all(len(digest) == 64 for digest in kept)


def test_lg11_a_reset_works_once(app, alice, mailbox):
    ask(app)
    token = token_of(mailbox)
    reset(app, token)
    with pytest.raises(DeadLink):
        reset(app, token)


def test_lg11_a_reset_works_for_thirty_minutes(app, alice, mailbox, clock):
    ask(app)
    clock.advance(MINUTES_30 - 5)
    with app.app_context():
        assert recovery.find_reset(token_of(mailbox)).id == alice
    clock.advance(6)
    with pytest.raises(DeadLink):
        reset(app, token_of(mailbox))


def test_lg11_a_newer_request_ends_the_older_one(app, alice, mailbox):
    ask(app)
    older = token_of(mailbox)
    ask(app)
    with pytest.raises(DeadLink):
        reset(app, older)
    assert reset(app, token_of(mailbox)) == alice


def test_lg11_a_reset_ends_with_the_password_it_was_asked_for(app, alice, mailbox):
    ask(app)
    token = token_of(mailbox)
    with app.app_context():
        recovery.change_password(alice, current=PASSWORD, new=NEW)
    with pytest.raises(DeadLink):
        reset(app, token)


def test_lg11_a_reset_ends_with_a_password_changed_behind_the_service(app, alice, mailbox):
    ask(app)
    with app.app_context():
        from idp.accounts.credentials.passwords import hash_password

        fresh = hash_password(PASSWORD)
        with transaction():
            service.get_user(alice).password_hash = fresh
    with pytest.raises(DeadLink):
        reset(app, token_of(mailbox))


def test_lg11_a_reset_ends_with_the_address_it_went_to(app, alice, mailbox):
    ask(app)
    with app.app_context():
        service.edit_user(alice, email="alice@elsewhere.example.com", email_verified=True)
    with pytest.raises(DeadLink):
        reset(app, token_of(mailbox))


def test_lg11_a_renewed_hash_of_the_same_password_leaves_the_reset_good(make_app, factory, mailbox):
    alice = factory.user(ALICE)
    app = make_app(passwords={"bcrypt_cost": 5})
    ask(app)
    with app.app_context():
        assert check_password(service.get_user(alice), PASSWORD)
    assert reset(app, token_of(mailbox)) == alice


def test_lg11_a_reset_is_for_its_own_person_only(app, factory, alice, mailbox):
    bob = factory.user(BOB)
    ask(app, BOB)
    assert reset(app, token_of(mailbox, BOB)) == bob
    with app.app_context():
        assert check_password(service.get_user(alice), PASSWORD)


@pytest.mark.parametrize("purpose", [VERIFY, NOT_ME, UNLOCK, INVITE])
def test_jw07_a_link_of_another_purpose_resets_nothing(app, alice, purpose):
    from datetime import timedelta

    with app.app_context(), transaction():
        issued = links.issue_link(service.get_user(alice), purpose, timedelta(hours=1))
    with pytest.raises(DeadLink):
        reset(app, issued.token)
    with app.app_context(), pytest.raises(DeadLink):
        registration.confirm_by_link(issued.token + "x")


def test_jw07_a_reset_link_confirms_no_address(app, factory, mailbox):
    factory.user(ALICE, verified=False)
    ask(app)
    with app.app_context(), pytest.raises(DeadLink):
        registration.confirm_by_link(token_of(mailbox))


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.test"}, {"Forwarded": "host=evil.test;proto=http"}, {"X-Forwarded-Proto": "http", "X-Forwarded-Port": "81"},
        {"X-Original-Host": "evil.test"}, {"X-Host": "evil.test"}, {"Origin": "https://evil.test"}, {"Referer": "https://evil.test/"},
    ],
)  # fmt: skip
def test_lg13_mailed_links_stay_on_the_issuer(browser, alice, mailbox, headers):
    browser.get("/forgot", headers=headers)
    form = browser.form("email").fields
    browser.post("/forgot", {**form, "email": ALICE}, headers=headers)
    mail = mailbox(ALICE).newest
    assert mail["links"]
    assert all(urlsplit(link)[:2] == ("https", "id.example.com") for link in mail["links"])
    assert "evil" not in mail["text"] + mail["html"]


def test_lg13_a_foreign_host_asks_for_no_mail(client, alice, mailbox):
    assert client.post("/forgot", data={"email": ALICE}, base_url="https://evil.test").status_code == 421
    assert mailbox(ALICE).mails == []


def test_lg14_a_reset_ends_every_session_and_tells_the_owner(app, browser, alice, mailbox):
    thief = Browser(app)
    thief.sign_in(ALICE)
    browser.sign_in(ALICE)
    ask(app)
    reset(app, token_of(mailbox))
    for each in (thief, browser):
        each.get("/account")
        assert each.path == "/login"
    assert "/revoke/" in mailbox(ALICE).newest["text"]
    with app.app_context():
        assert find_events(tag="password.reset")[0].subject == f"user:{alice}"


def test_lg14_a_reset_signs_nobody_in(app, browser, alice, mailbox):
    ask(app)
    browser.get(mailbox(ALICE).link("/reset/"))
    browser.submit("new_password", new_password=NEW)
    assert not browser.cookie("session")
    browser.get("/account")
    assert browser.path == "/login"


def test_lg16_a_confirmation_is_for_the_address_it_went_to(app, browser, mailbox):
    browser.get("/register")
    browser.submit("email", email=ALICE, new_password=PASSWORD)
    link = mailbox(ALICE).link("/verify/")
    with app.app_context():
        user_id = service.find_by_email(ALICE).id
        service.edit_user(user_id, email=BOB)
    assert Browser(app).get(link).status_code == 410
    with app.app_context():
        with pytest.raises(DeadLink):
            registration.confirm_by_link(link.rsplit("/", 1)[1])
        assert not service.get_user(user_id).email_verified


def test_lg16_a_confirmation_confirms_its_own_person_only(app, browser, factory, mailbox):
    bob = factory.user(BOB, verified=False)
    browser.get("/register")
    browser.submit("email", email=ALICE, new_password=PASSWORD)
    browser.get(mailbox(ALICE).link("/verify/"))
    browser.submit()
    with app.app_context():
        assert service.find_by_email(ALICE).email_verified
        assert not service.get_user(bob).email_verified


def test_ad03_nobody_registers_with_more_than_the_form_asks(app, browser):
    browser.get("/register")
    extra = {
        "id": "01J0000000000000000000000A", "email_verified": "1", "email_verified_at": "2026-01-01", "state": "active", "roles": "owner", "role": "owner",
        "password_hash": "x", "is_admin": "1", "self_registered": "0", "created_at": "2020-01-01", "version": "99", "username": "root",
    }  # fmt: skip
    browser.post("/register", {**browser.form("email").fields, "email": ALICE, "new_password": PASSWORD, **extra})
    assert browser.path == "/verify"
    with app.app_context():
        from idp.access import service as access

        user = service.find_by_email(ALICE)
        assert (user.email_verified, user.username, user.self_registered) == (False, None, True)
        assert user.id != extra["id"]
        assert user.version < 99
        assert access.role_names(user.id) == []
