"""Invitations seen from the console: sent again, and taken back."""

import re

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.accounts import service as accounts
from idp.accounts.cli import user
from idp.accounts.lifecycle import registration
from idp.audit.service import find_events
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


def test_somebody_is_invited_with_several_roles_at_once(app, browser, callers, arrange, command_line):
    for name in ("editor", "writer"):
        arrange.run(catalogue.create_role, name)
    browser.get("/admin/users/new")
    browser.submit("email", email=ALICE, role=["editor", "writer"])
    assert browser.path.startswith("/admin/users/")
    made = callers.owner().post("/users", {"email": BOB, "roles": ["editor", "writer"]}).json
    told = command_line.json(user, "invite", "--email", "carol@example.com", "--role", "editor", "--role", "writer")
    with app.app_context():
        ids = [accounts.find_by_email(ALICE).id, made["id"], told["id"]]
        assert [access.role_names(each) for each in ids] == [["editor", "writer"]] * 3


def test_nobody_is_invited_with_a_role_above_who_invites_and_the_try_is_on_record(app, callers, factory, arrange):
    own = arrange.run(access.own_api)
    permissions = ("admin.users.read", "admin.users.write", "admin.roles.write")
    arrange.run(catalogue.create_role, "host", permissions=[(own, each) for each in permissions])
    factory.user("host@example.com", roles=("host",))
    host = Browser(app)
    host.sign_in("host@example.com")
    assert post(host, "/admin/users/new", {"email": ALICE, "role": ["host", "owner"]}).status_code == 403
    with app.app_context():
        assert accounts.find_by_email(ALICE) is None
        assert [event.detail["wanted"] for event in find_events(tag="role.refused")] == [["host", "owner"]]
    assert post(host, "/admin/users/new", {"email": ALICE, "role": ["host"]}).status_code == 303
    problem = callers.somebody(*permissions, email="api@example.com").post("/users", {"email": BOB, "roles": ["owner"]})
    assert_problem(problem, 403)
    assert accounts_named(app, BOB) is None


def test_who_may_give_no_roles_is_not_asked_for_them(app, factory, arrange):
    own = arrange.run(access.own_api)
    arrange.run(catalogue.create_role, "clerk", permissions=[(own, "admin.users.write"), (own, "admin.users.read")])
    factory.user("clerk@example.com", roles=("clerk",))
    clerk = Browser(app)
    clerk.sign_in("clerk@example.com")
    clerk.get("/admin/users/new")
    assert 'name="role"' not in clerk.text
    assert post(clerk, "/admin/users/new", {"email": ALICE, "role": "clerk"}).status_code == 403
    assert post(clerk, "/admin/users/new", {"email": ALICE}).status_code == 303


def accounts_named(app, email):
    with app.app_context():
        return accounts.find_by_email(email)


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


def test_an_account_is_made_without_a_mail_and_its_link_is_handed_over(app, browser, callers, mailbox, command_line):
    answer = post(browser, "/admin/users/new", {"email": ALICE, "name": "Alice", "no_mail": "y"})
    with app.app_context():
        alice = accounts.find_by_email(ALICE)
        (event,) = find_events(tag="account.invited", limit=1)
        assert event.detail == {"mailed": False}
    assert answer.headers["Location"].endswith(f"/admin/users/{alice.id}/methods")
    told = callers.owner().post("/users", {"email": BOB, "mail": False})
    assert (told.status_code, told.json["state"]) == (201, "invited")
    assert command_line.json(user, "invite", "--email", "carol@example.com", "--no-mail")["state"] == "invited"
    assert [mailbox(each).mails for each in (ALICE, BOB, "carol@example.com")] == [[], [], []]
    page = post(browser, f"/admin/users/{alice.id}/reset/link", {}).get_data(as_text=True)
    reader = Browser(app)
    reader.get(re.search(r"https://id\.example\.com(/reset/[\w-]{43})", page)[1])
    reader.submit(new_password=PASSWORD)
    assert state(app, alice.id) == "active"
