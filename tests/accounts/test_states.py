"""What stops when an account is turned off, locked or deleted, and what comes back."""

import threading

import pytest

from idp.access.errors import LastOwner
from idp.accounts import service
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.accounts.signals import user_deleted, user_disabled
from idp.core.db import db
from tests.actors import Browser

ALICE = "alice@example.com"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


@pytest.mark.parametrize("deed", [states.disable, states.lock])
def test_lo03_a_stopped_account_is_signed_out_everywhere_and_stays_out(app, browser, alice, deed):
    browser.sign_in(ALICE)
    with app.app_context():
        deed(alice)
    browser.get("/account")
    assert browser.path == "/login"
    other = Browser(app)
    other.sign_in(ALICE)
    other.get("/account")
    assert other.path == "/login"


@pytest.mark.parametrize(("deed", "undo"), [(states.disable, states.enable), (states.lock, states.unlock)])
def test_old_sessions_do_not_come_back_with_the_account(app, browser, alice, deed, undo):
    browser.sign_in(ALICE)
    with app.app_context():
        deed(alice)
        undo(alice)
    browser.get("/account")
    assert browser.path == "/login"
    browser.sign_in(ALICE)
    browser.get("/account")
    assert browser.path == "/account"
    assert browser.status == 200


def test_a_listener_that_fails_undoes_the_deed(context, alice):
    def fail(_sender, **_values):
        raise RuntimeError

    for signal, deed in ((user_disabled, states.disable), (user_disabled, states.lock), (user_deleted, states.delete)):
        with signal.connected_to(fail), pytest.raises(RuntimeError):
            deed(alice)
    db.session.rollback()
    assert service.get_user(alice).is_active


def test_a_deed_that_is_done_already_changes_nothing(context, alice):
    states.disable(alice)
    version = service.get_user(alice).version
    states.disable(alice)
    assert service.get_user(alice).version == version


def test_the_owner_is_told_when_the_account_is_turned_off(context, alice, mailbox):
    states.disable(alice)
    assert len(mailbox(ALICE).mails) == 1


def test_jw14_a_deleted_person_leaves_nothing_to_the_next_one_of_the_same_address(context, alice, factory):
    states.delete(alice)
    assert service.find_user(alice) is None
    for table in db.metadata.sorted_tables:
        if "user_id" in table.c:
            assert db.session.execute(table.select().where(table.c.user_id == alice)).all() == [], table.name
    assert factory.user(ALICE) != alice


def test_two_owners_stopped_at_once_leave_one(app, factory):
    owners = [factory.user(f"owner{number}@example.com", roles=["owner"]) for number in range(2)]
    refused = []

    def stop(user_id):
        with app.app_context():
            try:
                states.disable(user_id)
            except LastOwner:
                refused.append(user_id)

    threads = [threading.Thread(target=stop, args=(user_id,)) for user_id in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with app.app_context():
        assert len(db.session.execute(db.select(User).where(User.state == "active")).all()) == 1
