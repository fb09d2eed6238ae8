"""What a rule refuses in the console is said inside it, with the status of the refusal and a way back."""

import re
from html import unescape

import pytest

from idp.access.errors import NO_USER
from idp.accounts import service as accounts
from idp.accounts.lifecycle import states
from idp.audit.tags import Tag
from idp.clients import service as clients
from idp.clients.errors import LAST_SECRET, MANY_SECRETS
from tests.actors import Browser
from tests.admin.house import OWNER, VICTIM, House, post, somebody

NAVIGATION = 'aria-label="Administration"'


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


@pytest.fixture
def browser(house):
    browser = Browser(house.app)
    browser.sign_in(OWNER)
    return browser


def assert_refused(answer, status, says, back):
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text
    assert NAVIGATION in text
    main = text.split('<main id="main"')[1]
    assert says in main
    assert re.search(r'<a class="button primary" href="([^"]+)">Back</a>', main)[1] == back
    assert "Go to your account" not in main
    return main


def test_a_link_for_an_account_that_is_turned_off(house, browser):
    house.arrange.run(states.disable, house.victim)
    person = f"/admin/users/{house.victim}"
    says = "The account is turned off or locked. Turn it on or unlock it first."
    main = assert_refused(post(browser, f"{person}/reset/link", {}), 409, says, person)
    assert "<h1>This was not done</h1>" in main


def test_the_last_owner_turned_off_with_others_is_named_and_all_stay(house, browser):
    answer = post(browser, "/admin/users/bulk/disable", {"user": [house.victim, house.owner]})
    main = assert_refused(answer, 409, f"<bdi>{OWNER}</bdi>:", "/admin/users")
    assert VICTIM not in main
    with house.app.app_context():
        assert accounts.get_user(house.victim).state == "active"


def test_a_role_that_is_unknown_given_to_several(house, browser):
    form = {"user": [house.victim], "role": "nonsense"}
    assert_refused(post(browser, "/admin/users/bulk/role", form), 404, f"<bdi>{VICTIM}</bdi>:", "/admin/users")


def test_a_role_given_to_an_unknown_person(house, browser):
    nobody = {"person": "nobody@example.com"}
    back = "/admin/roles/editor"
    assert_refused(post(browser, f"{back}/people", nobody), 404, str(NO_USER), back)
    back = f"/admin/groups/{house.group_id}"
    assert_refused(post(browser, f"{back}/members", nobody), 404, str(NO_USER), back)


def test_the_last_secret_and_one_too_many(house, browser):
    page = f"/admin/clients/{house.client_id}/secrets"
    with house.app.app_context():
        ids = [row.id for row in clients.list_secrets(house.client_id)]
    for secret_id in ids[:-1]:
        assert post(browser, f"{page}/{secret_id}/remove", {}).status_code == 303
    last = post(browser, f"{page}/{ids[-1]}/remove", {})
    assert last.status_code == 409
    main = last.get_data(as_text=True).split("<main")[1]
    assert str(LAST_SECRET) in unescape(main)
    assert f'href="{page}"' in main
    while (answer := post(browser, page, {})).status_code == 200:
        pass
    assert_refused(answer, 409, str(MANY_SECRETS), page)


def test_what_is_not_there_leads_to_its_list(house, browser):
    browser.get("/admin/users/nobody/sessions")
    main = assert_refused(browser.response, 404, "There is no such account.", "/admin/users/nobody")
    assert "<h1>There is nothing here</h1>" in main
    browser.get("/admin/users/nobody")
    assert_refused(browser.response, 404, "There is no such account.", "/admin/users")


def test_somebody_above_is_refused_in_the_frame_and_it_is_on_record(house):
    browser = somebody(house, ["admin.users.read", "admin.users.write"])
    before = house.count(Tag.ROLE_REFUSED)
    answer = post(browser, f"/admin/users/{house.owner}/disable", {})
    main = assert_refused(answer, 403, "", f"/admin/users/{house.owner}")
    assert "<h1>You may not do this</h1>" in main
    assert house.count(Tag.ROLE_REFUSED) == before + 1


def test_a_page_without_a_right_to_it_is_as_before(house):
    browser = somebody(house, ["admin.users.read"])
    answer = post(browser, f"/admin/users/{house.victim}/disable", {})
    assert answer.status_code == 403
    assert NAVIGATION not in answer.get_data(as_text=True)


def test_the_way_back_leads_only_where_one_may_go_and_nobody_is_named_to_who_reads_no_people(house):
    browser = somebody(house, ["admin.users.write"])
    answer = post(browser, "/admin/users/bulk/disable", {"user": [house.owner]})
    main = assert_refused(answer, 403, "", "/admin")
    assert OWNER not in main
