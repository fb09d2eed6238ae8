"""Invitations seen from the console: sent again, and taken back."""

import pytest

from idp.accounts import registration
from idp.accounts import service as accounts
from idp.accounts.cli import user
from tests.actors import Browser
from tests.admin.house import post
from tests.api.conftest import Callers
from tests.api.test_routes import assert_problem
from tests.commands import CommandLine
from tests.factories import PASSWORD

OWNER, ALICE, BOB = "owner@example.com", "alice@example.com", "bob@example.com"


@pytest.fixture
def callers(app, factory, arrange):
    return Callers(app, factory, arrange)


@pytest.fixture
def browser(app, callers):
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


@pytest.fixture
def alice(arrange):
    """Somebody who is invited."""
    return arrange.run(lambda: registration.invite(ALICE, name="Alice").id)


def state(app, user_id):
    with app.app_context():
        return accounts.get_user(user_id).state


def accept(app, path):
    reader = Browser(app)
    reader.get(path)
    if reader.status == 200:
        reader.submit("new_password", name="Alice", new_password=PASSWORD)
    return reader


def test_an_invitation_is_sent_again_and_the_earlier_link_is_dead(app, factory, alice, mailbox):
    factory.user("support@example.com", name="Sue Port", roles=("support",))
    support = Browser(app)
    support.sign_in("support@example.com")
    first = mailbox(ALICE).link("/invite/")
    support.get(f"/admin/users/{alice}")
    assert "Send the invitation again" in support.text
    support.press("/invite-again")
    assert f"An invitation is on its way to {ALICE}." in support.text
    second = mailbox(ALICE).link("/invite/")
    assert second != first
    assert accept(app, first).status != 200
    assert state(app, alice) == "invited"
    accept(app, second)
    assert state(app, alice) == "active"
    support.get(f"/admin/users/{alice}")
    assert "Send the invitation again" not in support.text
    assert post(support, f"/admin/users/{alice}/invite-again", {}).status_code == 409


def test_an_invitation_is_taken_back_and_can_be_sent_again(app, browser, alice, mailbox):
    link = mailbox(ALICE).link("/invite/")
    browser.get(f"/admin/users/{alice}/danger")
    browser.press("/disable")
    assert state(app, alice) == "disabled"
    assert accept(app, link).status != 200
    assert post(browser, f"/admin/users/{alice}/invite-again", {}).status_code == 409
    browser.get(f"/admin/users/{alice}/danger")
    browser.press("/enable")
    assert state(app, alice) == "invited", "nobody has been in yet"
    assert accept(app, link).status != 200
    browser.get(f"/admin/users/{alice}")
    browser.press("/invite-again")
    accept(app, mailbox(ALICE).link("/invite/"))
    assert state(app, alice) == "active"


def test_who_has_been_in_is_active_when_turned_on_again(app, browser, factory):
    bob = factory.user(BOB, password=None)
    browser.get(f"/admin/users/{bob}/danger")
    browser.press("/disable")
    browser.get(f"/admin/users/{bob}/danger")
    browser.press("/enable")
    assert state(app, bob) == "active"


def test_programs_and_commands_send_it_again(app, callers, alice, factory, mailbox):
    api, idp = callers.somebody("admin.users.help"), CommandLine(app)
    assert api.post(f"/users/{alice}/invite-again").json["state"] == "invited"
    first = mailbox(ALICE).link("/invite/")
    assert idp.json(user, "invite-again", ALICE)["state"] == "invited"
    assert mailbox(ALICE).link("/invite/") != first
    bob = factory.user(BOB)
    problem = api.post(f"/users/{bob}/invite-again")
    assert_problem(problem, 409)
    assert problem.json["detail"] == "No invitation of this account is open."
    idp.refused(user, "invite-again", BOB, code=4)
    idp.json(user, "lock", ALICE)
    assert_problem(api.post(f"/users/{alice}/invite-again"), 409)
