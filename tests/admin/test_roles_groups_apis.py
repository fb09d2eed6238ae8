"""Roles, groups and APIs in the console: nobody overwrites what another saved, built-ins stay, the way of a right is told."""

import pytest

from idp.access import assignments, catalogue
from tests.actors import Browser
from tests.admin.test_routes import post

OWNER, API = "owner@example.com", "https://articles.example.com"


@pytest.fixture
def browser(app, factory, arrange):
    factory.user(OWNER, roles=("owner",))
    arrange.run(catalogue.create_role, "editor")
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def test_a_stale_version_overwrites_nothing(browser, arrange):
    api, group = arrange.made(catalogue.create_api, API, name="Articles"), arrange.made(catalogue.create_group, "staff")
    for address in ("/admin/roles/editor/edit", f"/admin/groups/{group}/edit", f"/admin/apis/{api}/edit"):
        form = {"title": "First", "name": "First", "version": "1"}
        assert post(browser, address, form).status_code == 303, address
        answer = post(browser, address, {**form, "title": "Second", "name": "Second"})
        assert answer.status_code == 409, address
        assert "Second" in answer.get_data(as_text=True)
        assert 'value="2"' in answer.get_data(as_text=True)


def test_what_comes_with_the_house_stays(browser, arrange):
    assert post(browser, "/admin/roles/owner/edit", {"title": "x", "version": "1"}).status_code == 409
    assert post(browser, "/admin/roles/owner/delete", {"typed": "owner"}).status_code == 409
    own = arrange.run(lambda: catalogue.list_apis()[0].id)
    with browser.app.app_context():
        identifier = catalogue.list_apis()[0].identifier
    assert post(browser, f"/admin/apis/{own}/delete", {"typed": identifier}).status_code == 409


def test_who_can_tells_the_way(browser, factory, arrange):
    arrange.run(catalogue.create_api, API, name="Articles")
    arrange.run(catalogue.add_permission, API, "articles.write", title="Write articles")
    arrange.run(lambda: catalogue.add_to_role(catalogue.get_role("editor"), API, "articles.write", actor="system"))
    arrange.run(catalogue.create_group, "staff")
    arrange.run(assignments.grant_role_to_group, "staff", "editor", actor="system")
    arrange.run(assignments.add_member, "staff", factory.user("alice@example.com"), actor="system")
    browser.get(f"/admin/roles/who-can?what={API}|articles.write")
    row = browser.text.split("alice@example.com")[1].split("</tr>")[0]
    assert "editor" in row
    assert "staff" in row
    browser.get("/admin/scopes")
    assert "Write articles" in browser.text
    assert "See your e-mail address" in browser.text


@pytest.mark.parametrize(("lifetime", "status"), [("59", 422), ("x", 422), ("9" * 40, 422), ("", 303), ("86400", 303)])
def test_a_lifetime_is_a_number_within_bounds(browser, lifetime, status):
    form = {"identifier": API, "name": "Articles", "lifetime": lifetime}
    assert post(browser, "/admin/apis/new", form).status_code == status


def test_who_may_not_give_a_role_makes_no_group_bring_it(app, browser, factory, arrange):
    group = arrange.made(catalogue.create_group, "staff")
    permissions = [
        (arrange.run(lambda: catalogue.list_apis()[0].identifier), f"admin.roles.{name}") for name in ("read", "write")
    ]
    arrange.run(catalogue.create_role, "clerk", permissions=permissions)
    factory.user("clerk@example.com", roles=("clerk",))
    clerk = Browser(app)
    clerk.sign_in("clerk@example.com")
    assert post(clerk, f"/admin/groups/{group}/roles", {"role": "owner"}).status_code == 403
    arrange.run(assignments.grant_role_to_group, "staff", "owner", actor="system")
    assert post(clerk, f"/admin/groups/{group}/members", {"person": "clerk@example.com"}).status_code == 403
    assert post(clerk, f"/admin/groups/{group}/delete", {"typed": "staff"}).status_code == 403
