"""An administrator who moves a person's address: the old one is told, the person is signed out, nobody undoes it."""

import pytest

from idp.accounts import service
from idp.accounts.models import User
from idp.core.db import db
from tests.actors import Browser
from tests.admin.house import post
from tests.api.conftest import Callers

OWNER, ALICE, NEW = "owner@example.com", "alice@example.com", "alice@elsewhere.example.com"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


@pytest.fixture
def operator(app, factory, browser):
    factory.user(OWNER, roles=("owner",))
    browser.sign_in(OWNER)
    return browser


def move(app, operator, user_id, email=NEW):
    with app.app_context():
        version = db.session.get(User, user_id).version
    form = {"name": "Alice Baker", "username": "", "email": email, "version": str(version)}
    return post(operator, f"/admin/users/{user_id}/edit", form)


def row(app, user_id):
    with app.app_context():
        return db.session.get(User, user_id)


def test_the_old_address_is_told_and_the_person_is_signed_out(app, operator, alice, mailbox, rp, arrange):
    person = Browser(app)
    person.sign_in(ALICE)
    tokens = arrange.tokens(rp, alice)
    assert move(app, operator, alice).status_code == 303
    (mail,) = [each for each in mailbox(ALICE).mails if "administrator" in each["subject"]]
    assert mail["subject"] == "An administrator changed your e-mail address"
    assert NEW not in mail["text"] + mail["html"]
    assert mailbox(NEW).mails == []
    person.get("/account")
    assert person.path == "/login"
    assert rp.refresh(tokens["refresh_token"]).status_code == 400
    assert (row(app, alice).email, row(app, alice).email_verified) == (NEW, False)


def test_the_link_locks_the_account_and_does_not_bring_the_address_back(app, operator, alice, mailbox):
    move(app, operator, alice)
    mail = mailbox(ALICE).newest
    assert not any("undo" in link for link in mail["links"])
    reader = Browser(app)
    reader.get(mailbox(ALICE).link("/revoke/"))
    reader.submit()
    assert "Your account is locked" in reader.text
    assert (row(app, alice).lock_reason, row(app, alice).email) == ("reported", NEW)


def test_an_address_that_nobody_confirmed_is_not_told(app, operator, factory, mailbox):
    """It may be a slip of the pen: its reader is a stranger, who shall not lock the account."""
    unconfirmed = factory.user("typo@example.com", verified=False)
    invited = factory.user("invited@example.com", verified=False, password=None, state="invited")
    for number, user_id in enumerate((unconfirmed, invited)):
        assert move(app, operator, user_id, f"right{number}@example.com").status_code == 303
    assert mailbox("typo@example.com").mails == mailbox("invited@example.com").mails == []


def test_another_way_to_write_the_same_address_is_no_move(app, operator, alice, mailbox):
    person = Browser(app)
    person.sign_in(ALICE)
    mails = len(mailbox(ALICE).mails)
    assert move(app, operator, alice, "Alice@Example.com").status_code == 303
    person.get("/account")
    assert person.path == "/account"
    assert len(mailbox(ALICE).mails) == mails
    assert row(app, alice).email_verified


def test_who_moves_their_own_address_goes_on(app, operator, mailbox):
    with app.app_context():
        owner = service.find_by_email(OWNER).id
    assert move(app, operator, owner, "boss@example.com").status_code == 303
    operator.get("/admin/users")
    assert operator.status == 200
    assert operator.path == "/admin/users"
    assert "administrator" in mailbox(OWNER).newest["subject"]


def test_the_api_tells_the_old_address_too(app, factory, arrange, alice, mailbox):
    api = Callers(app, factory, arrange).owner()
    path = f"/users/{alice}"
    assert api("PATCH", path, {"email": NEW}, headers=api.etag(path)).json["email"] == NEW
    assert "administrator" in mailbox(ALICE).newest["subject"]
    mails = len(mailbox(ALICE).mails)
    assert api("PATCH", path, {"name": "Al"}, headers=api.etag(path)).status_code == 200
    assert len(mailbox(ALICE).mails) == mails


def test_a_change_of_before_cannot_be_undone_over_the_administrators_word(app, operator, alice, mailbox):
    person = Browser(app)
    person.sign_in(ALICE)
    person.get("/account/email")
    person.submit("email", email="middle@example.com")
    person.get(mailbox("middle@example.com").link("/new-email/"))
    person.submit()
    undo = mailbox(ALICE).link("/undo-email/")
    assert move(app, operator, alice).status_code == 303
    reader = Browser(app)
    assert reader.get(undo).status_code in {404, 410}
    reader.post(undo, {})
    assert (row(app, alice).email, row(app, alice).email_verified, row(app, alice).locked_at) == (NEW, False, None)


def test_keys_of_the_admin_api_end_with_the_old_address_unless_one_moves_ones_own(app, factory, arrange):
    callers = Callers(app, factory, arrange)
    owner, reader = callers.owner(), callers.somebody("admin.audit.read", email="reader@example.com")
    with app.app_context():
        reader_id = service.find_by_email("reader@example.com").id
    assert reader.get("/audit").status_code == 200
    for user_id, email in ((reader_id, NEW), (callers.owner_id, "boss@example.com")):
        path = f"/users/{user_id}"
        assert owner("PATCH", path, {"email": email}, headers=owner.etag(path)).status_code == 200
    assert reader.get("/audit").status_code == 401
    assert owner.get("/audit").status_code == 200
