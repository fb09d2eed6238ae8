"""People in the console: undone once, seen without being them, changed many at a time."""

import re

import pytest

from idp.access import assignments, catalogue
from idp.accounts import service as accounts
from tests.actors import Browser
from tests.admin.test_routes import post

OWNER, ALICE = "owner@example.com", "alice@example.com"


@pytest.fixture
def browser(app, factory):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def state(app, user_id):
    with app.app_context():
        return accounts.get_user(user_id).state


def undo_form(browser):
    browser.get("/admin/users")
    found = re.search(r'action="([^"]+/undo)">.*?name="undo" value="([^"]+)"', browser.text, re.DOTALL)
    return found[1], {"undo": found[2]}


def test_what_was_done_is_undone_once_and_within_ten_minutes(app, browser, factory, clock):
    alice = factory.user(ALICE, roles=("support",))
    post(browser, f"/admin/users/{alice}/disable", {})
    address, form = undo_form(browser)
    assert post(browser, address, {"undo": form["undo"] + "x"}).status_code == 409
    assert post(browser, address, form).status_code == 303
    assert state(app, alice) == "active"
    assert post(browser, address, form).status_code == 409
    post(browser, f"/admin/users/{alice}/roles/support/remove", {})
    address, form = undo_form(browser)
    factory.user("other@example.com", roles=("owner",))
    other = Browser(app)
    other.sign_in("other@example.com")
    assert post(other, address, form).status_code == 409
    clock.advance(601)
    assert post(browser, address, form).status_code == 409


def test_seen_as_somebody_everything_has_its_reason(app, browser, factory, arrange):
    arrange.run(catalogue.create_group, "staff")
    arrange.run(assignments.grant_role_to_group, "staff", "auditor", actor="system")
    alice = factory.user(ALICE)
    arrange.run(assignments.add_member, "staff", alice, actor="system")
    client_id, _secret = factory.client_with_secret("Shop", allowed_roles=["editor"])
    browser.get(f"/admin/users/{alice}/see?client={client_id}")
    assert "It takes one of these roles: editor." in browser.text
    assert "admin.audit.read" in browser.text
    assert "staff" in browser.text
    assert "They would be asked to allow:" in browser.text
    assert ALICE in browser.text.split('id="consent"')[1].split("</section>")[0]


def test_several_people_at_once_after_one_more_look(app, browser, factory):
    ids = [factory.user(password=None) for _number in range(3)]
    page = post(browser, "/admin/users/bulk", {"user": ids, "deed": "disable"}).get_data(as_text=True)
    assert page.count('name="user"') == 3
    assert state(app, ids[0]) == "active"
    assert post(browser, "/admin/users/bulk/disable", {"user": ids}).status_code == 303
    assert {state(app, user_id) for user_id in ids} == {"disabled"}
    assert post(browser, "/admin/users/bulk/disable", {"user": ["nobody"]}).status_code == 404
