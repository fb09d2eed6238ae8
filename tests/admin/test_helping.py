"""Helping somebody back in: who may, and what they see of it."""

import pytest

from idp.access import assignments, catalogue
from idp.access.permissions import PERMISSIONS
from idp.accounts import service as accounts
from idp.accounts import states
from tests.actors import Browser
from tests.admin.house import House, post, somebody
from tests.api.conftest import Api, Callers
from tests.api.test_routes import assert_problem

SUPPORT, ALICE = "support@example.com", "alice@example.com"
FORBIDDEN = ("reset/link", "disable", "data", "second-step/remove", "delete", "edit", "verify")


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


def test_support_helps_nobody_above_them(house, support, factory, arrange):
    arrange.run(states.lock, factory.user("admin@example.com", roles=("admin",)), reason=states.BY_OWNER)
    for deed in ("reset", "unlock"):
        assert post(support, f"/admin/users/{house.owner}/{deed}", {}).status_code == 403


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
