"""Helping somebody back in: who may, and what they see of it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from idp.access import assignments, catalogue
from idp.access.permissions import PERMISSIONS
from idp.accounts import service as accounts
from idp.accounts.cli import user
from idp.accounts.lifecycle import states
from idp.audit.service import find_events
from idp.core.clock import now
from idp.core.db import transaction
from idp.limits.models import Counter
from tests.actors import Browser
from tests.admin.house import House, post, somebody
from tests.api.conftest import Api, Callers
from tests.api.test_routes import assert_problem
from tests.commands import CommandLine

SUPPORT, ALICE = "support@example.com", "alice@example.com"
FORBIDDEN = ("reset/link", "disable", "data", "second-step/remove", "delete", "edit", "verify")
WRONG = "not my password at all"


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


@pytest.fixture
def support(app, factory):
    factory.user(SUPPORT, roles=("support",))
    browser = Browser(app)
    browser.sign_in(SUPPORT)
    return browser


@pytest.fixture
def callers(app, factory, arrange):
    return Callers(app, factory, arrange)


@pytest.fixture
def idp(app):
    return CommandLine(app)


def account(app, user_id):
    with app.app_context():
        return accounts.as_dict(accounts.get_user(user_id))


def test_support_mails_a_new_password_and_unlocks_and_does_nothing_else(app, factory, arrange, support, mailbox):
    alice = factory.user(ALICE)
    support.get(f"/admin/users/{alice}/methods")
    assert "Send a link to a new password" in support.text
    assert "Show a link to hand over" not in support.text
    support.press("/reset")
    assert support.status == 200
    assert mailbox(ALICE).link("/reset/")
    arrange.run(states.lock, alice)
    support.get(f"/admin/users/{alice}/methods")
    support.press("/unlock")
    assert not account(app, alice)["locked"]
    for deed in FORBIDDEN:
        form = {"typed": ALICE, "reason": "x"}
        assert post(support, f"/admin/users/{alice}/{deed}", form).status_code == 403, deed


def test_support_does_not_open_what_its_owner_locked(app, factory, arrange, support):
    """«This wasn’t me»: whoever knows the old password is still out there."""
    alice = factory.user(ALICE)
    arrange.run(lambda: states.lock(alice, reason=states.BY_OWNER))
    assert post(support, f"/admin/users/{alice}/unlock", {}).status_code == 403
    assert account(app, alice)["locked"]
    with app.app_context():
        assert find_events(tag="role.refused", limit=1)
    arrange.run(lambda: states.unlock(alice, actor="cli:root"))
    assert not account(app, alice)["locked"]


def test_support_helps_nobody_above_them(house, support, factory):
    admin = factory.user("admin@example.com", roles=("admin",))
    for somebody_above in (house.owner, admin):
        for deed in ("reset", "unlock", "invite-again"):
            assert post(support, f"/admin/users/{somebody_above}/{deed}", {}).status_code == 403


def test_who_changes_accounts_still_helps_with_them_and_those_who_only_help(house, factory, mailbox):
    """Roles, keys and tokens that were made before there was a permission to help."""
    browser = somebody(house, ["admin.users.read", "admin.users.write"])
    other = factory.user("helper@example.com")
    house.arrange.run(
        catalogue.create_role, "helper",
        permissions=[(house.api(), "admin.users.read"), (house.api(), "admin.users.help")],
    )  # fmt: skip
    house.arrange.run(assignments.grant_role, other, "helper", actor="system")
    assert post(browser, f"/admin/users/{other}/reset", {}).status_code == 303
    assert mailbox("helper@example.com").link("/reset/")
    assert post(browser, f"/admin/users/{other}/unlock", {}).status_code == 303
    assert post(browser, f"/admin/users/{other}/disable", {}).status_code == 303


def test_a_key_helps_with_either_permission(callers, app, factory):
    alice = factory.user(ALICE)
    for number, permission in enumerate(("admin.users.help", "admin.users.write")):
        api = callers.somebody(permission, email=f"someone{number}@example.com")
        assert api.post(f"/users/{alice}/reset-password").status_code == 204
        assert api.post(f"/users/{alice}/unlock").status_code == 200
    few = callers.somebody("admin.users.help", email="few@example.com")
    assert_problem(few.post(f"/users/{alice}/reset-link"), 403)
    assert_problem(few.post(f"/users/{alice}/disable"), 403)
    assert_problem(few.post(f"/users/{callers.owner_id}/reset-password"), 403)


def test_an_owners_key_from_before_is_still_an_owners(callers, factory):
    """Who made a key of everything there was may go on with it when there is more."""
    other = factory.user("second@example.com", roles=("owner",))
    before = Api(callers.app, callers.key(callers.owner_id, PERMISSIONS.keys() - {"admin.users.help"}))
    assert before.post(f"/users/{other}/reset-password").status_code == 204


def test_the_document_says_that_either_is_enough(callers):
    document = callers.nobody().get("/openapi.json").json
    operation = document["paths"]["/users/{user_id}/unlock"]["post"]
    assert operation["x-permission"] == "admin.users.help"
    assert "Needs the permission `admin.users.help` or `admin.users.write`." in operation["description"]
    page = callers.nobody().get("/docs").get_data(as_text=True)
    assert "Needs <code>admin.users.help</code> or <code>admin.users.write</code>" in page


def guess(app, tries):
    for _number in range(tries):
        browser = Browser(app)
        browser.sign_in(ALICE, WRONG)
    return browser


def test_a_pause_after_wrong_passwords_is_seen_and_ended(app, factory, support, clock, callers):
    alice = factory.user(ALICE)
    api = callers.limited("admin.users.read")
    guess(app, 4)
    for page in ("", "/methods"):
        support.get(f"/admin/users/{alice}{page}")
        assert "sign-in is paused" not in support.text
        assert "Unlock" not in support.text
    assert api.get(f"/users/{alice}").json["sign_in_paused_until"] is None
    guess(app, 2)
    for page in ("", "/methods"):
        support.get(f"/admin/users/{alice}{page}")
        assert "sign-in is paused until <time" in support.text
        assert support.text.count("/unlock") == 1
    until = datetime.fromisoformat(api.get(f"/users/{alice}").json["sign_in_paused_until"])
    with app.app_context():
        assert until - now() <= timedelta(minutes=5)
    support.press("/unlock")
    assert "The account is unlocked." in support.text
    assert "sign-in is paused" not in support.text
    assert api.get(f"/users/{alice}").json["sign_in_paused_until"] is None
    there = Browser(app)
    there.sign_in(ALICE)
    assert there.path == "/account"


def test_a_pause_that_is_over_is_told_no_more_and_one_of_a_hundred_guesses_lasts_a_day(app, factory, clock, idp):
    factory.user(ALICE)

    def paused():
        found = idp.json(user, "show", ALICE)["sign_in_paused_until"]
        with app.app_context():
            return found and datetime.fromisoformat(found) - now()

    guess(app, 6)
    assert timedelta(minutes=4) < paused() <= timedelta(minutes=5)
    assert "sign_in_paused_until" in idp.run(user, "show", ALICE).stdout
    clock.advance(301)
    assert paused() is None
    assert "sign_in_paused_until" not in idp.run(user, "show", ALICE).stdout
    with app.app_context(), transaction() as session:
        session.execute(update(Counter).values(total=100))
    assert timedelta(hours=23) < paused() <= timedelta(hours=24)
    assert guess(app, 1).status == 429
    idp.json(user, "unlock", ALICE)
    assert paused() is None


def test_who_only_reads_sees_the_pause_and_no_button(app, factory):
    alice = factory.user(ALICE)
    factory.user("auditor@example.com", roles=("auditor",))
    auditor = Browser(app)
    auditor.sign_in("auditor@example.com")
    guess(app, 6)
    auditor.get(f"/admin/users/{alice}")
    assert "sign-in is paused until" in auditor.text
    assert "Unlock" not in auditor.text


@pytest.mark.parametrize("stop", [states.disable, states.lock])
def test_no_mail_is_promised_whose_link_would_open_nothing(
    app, factory, arrange, support, callers, idp, mailbox, browser, stop
):
    alice = factory.user(ALICE)
    arrange.run(stop, alice)
    says, before = "The account is turned off or locked. Turn it on or unlock it first.", len(mailbox(ALICE).mails)
    answer = post(support, f"/admin/users/{alice}/reset", {})
    assert answer.status_code == 409
    assert says in answer.text
    problem = callers.limited("admin.users.help").post(f"/users/{alice}/reset-password")
    assert_problem(problem, 409)
    assert problem.json["detail"] == says
    assert says in idp.refused(user, "reset-password", ALICE, code=4)
    told = []
    for email in (ALICE, "nobody@example.com"):
        browser.get("/forgot")
        browser.submit("email", email=email)
        told.append((browser.status, browser.path, browser.title))
    assert told[0] == told[1]
    assert len(mailbox(ALICE).mails) == before


def test_who_locked_their_own_account_is_mailed_a_new_password(factory, arrange, support, mailbox):
    alice = factory.user(ALICE)
    arrange.run(states.lock, alice, reason=states.BY_OWNER)
    assert post(support, f"/admin/users/{alice}/reset", {}).status_code == 303
    assert mailbox(ALICE).link("/reset/")
