"""Roles, groups and APIs in the console: nobody overwrites what another saved, built-ins stay, the way of a right is told."""

import json
import re
from html import unescape

import pytest
from sqlalchemy import update

from idp.access import assignments, catalogue, holders
from idp.access.commands.roles import role as role_command
from idp.access.permissions import PERMISSIONS
from idp.accounts.service import get_by_name
from idp.api_keys import service as keys
from idp.clients import service as clients
from idp.feed import service as feed
from idp.oauth.scopes import describe_key
from idp.oauth.tokens.claims import authorization_claims
from idp.oauth.tokens.models import Grant
from tests.actors import Browser
from tests.admin.house import post
from tests.api.conftest import Api

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


def test_who_holds_a_role_is_paged_and_says_by_what(app, browser, factory, arrange):
    give = lambda *values: arrange.run(assignments.grant_role, *values, actor="system")  # noqa: E731
    arrange.run(catalogue.create_group, "staff")
    arrange.run(assignments.grant_role_to_group, "staff", "editor", actor="system")
    for number in range(30):
        user_id = factory.user(f"p{number:02d}@example.com", password=None)
        if number % 2 == 0:
            give(user_id, "editor")
        if number % 3 == 0:
            arrange.run(assignments.add_member, "staff", user_id, actor="system")
    expected = [f"p{number:02d}@example.com" for number in range(30) if number % 2 == 0 or number % 3 == 0]
    browser.get("/admin/roles/editor?size=25")
    assert browser.text.split("<main")[1].count("@example.com</bdi>") == len(expected) == 20
    row = browser.text.split("p06@example.com")[1].split("</tr>")[0]
    assert "directly, staff" in row
    with app.app_context():
        role = catalogue.get_role("editor").id
        first = holders.list_holders(role, limit=8)
        rest = holders.list_holders(role, after=first[-1].id, limit=50)
        assert [one.email for one in [*first, *rest]] == expected
        back = holders.list_holders(role, before=rest[0].id, limit=8)
        assert back == first[::-1]
    browser.get("/admin/roles")
    assert "<td>15</td><td>1</td><td>0</td>" in browser.text


def test_a_role_says_what_it_adds_to_tokens(app, browser, factory, arrange):
    arrange.run(catalogue.create_api, API, name="Articles")
    for name in ("articles.write", "articles.read"):
        arrange.run(catalogue.add_permission, API, name, title=name)
    pairs = [(API, "articles.write"), (API, "articles.read")]
    arrange.run(catalogue.create_role, "writer", title="Writer", permissions=pairs)
    arrange.run(catalogue.create_role, "guest", title="Guest")
    alice = factory.user("alice@example.com", roles=("writer",))
    for role, api in (("writer", API), ("guest", None)):
        browser.get(f"/admin/roles/{role}")
        shown = json.loads(unescape(re.search(r'id="claims".*?<code>(\{.*?\})</code>', browser.text, re.DOTALL)[1]))
        with app.app_context():
            held = authorization_claims(alice, ["roles"], api)
        assert shown == ({**held, "roles": [role]} if api else {"roles": ["guest"], "permissions": []})


def test_a_second_step_is_asked_of_who_holds_a_built_in_role(app, browser):
    browser.get("/admin/roles/auditor")
    browser.press("/second-step")
    assert "Who holds it signs in with a second step." in browser.text
    with app.app_context():
        assert catalogue.get_role("auditor").require_second_step is True
    browser.press("/second-step")
    with app.app_context():
        assert catalogue.get_role("auditor").require_second_step is False


def test_a_role_is_given_from_its_page_by_the_rules_of_every_role(app, browser, factory):
    factory.user("alice@example.com")
    assert post(browser, "/admin/roles/editor/people", {"person": "Alice@example.com"}).status_code == 303
    assert post(browser, "/admin/roles/editor/people", {"person": "nobody@example.com"}).status_code == 404
    browser.get("/admin/roles/editor")
    assert "alice@example.com" in browser.text
    with app.app_context():
        own = catalogue.list_apis()[0].identifier
        names = ("admin.roles.read", "admin.roles.write")
        catalogue.create_role("clerk", permissions=[(own, name) for name in names])
    factory.user("clerk@example.com", roles=("clerk",))
    clerk = Browser(app)
    clerk.sign_in("clerk@example.com")
    assert post(clerk, "/admin/roles/owner/people", {"person": "alice@example.com"}).status_code == 403
    clerk.get("/admin/roles/editor")
    assert "You may not see people." in clerk.text
    assert "alice@example.com" not in clerk.text


def test_a_permission_shows_who_has_it_and_says_another_thing_at_consent(app, browser, factory, arrange, rp):
    api = arrange.made(catalogue.create_api, API, name="Articles")
    one = arrange.made(catalogue.add_permission, API, "articles.write", title="Write articles")
    arrange.run(lambda: catalogue.add_to_role(catalogue.get_role("editor"), API, "articles.write", actor="system"))
    asking, _secret = factory.client_with_secret("Asks", scopes=["openid", "articles.write"], allowed_apis=[API])
    factory.client_with_secret("Does not", scopes=["openid", "articles.write"], allowed_apis=[])
    arrange.code(rp, scope="openid articles.write")
    path = f"/admin/apis/{api}/permissions/{one}"
    browser.get(path)
    assert "/admin/roles/editor" in browser.text
    assert f"/admin/clients/{asking}" in browser.text
    assert "Does not" not in browser.text
    assert "<dt>Live grants</dt><dd>1</dd>" in browser.text
    form = {"title": "Write and delete articles", "description": "", "version": "1"}
    assert post(browser, f"{path}/edit", form).status_code == 303
    assert post(browser, f"{path}/edit", {**form, "title": "Mine"}).status_code == 409
    assert post(browser, f"{path}/edit", {**form, "title": "x" * 201, "version": "2"}).status_code == 422
    other = arrange.made(catalogue.create_api, f"{API}/2", name="Other")
    browser.get(f"/admin/apis/{other}/permissions/{one}")
    assert browser.status == 404
    with app.app_context():
        feed.sync()
        assert describe_key(f"{API} articles.write").title == "Write and delete articles"
    browser.get("/admin/scopes")
    row = browser.text.split(">articles.write<")[1].split("</tr>")[0]
    assert "Write and delete articles" in row
    assert "Asks" in row
    assert "Does not" not in row


def test_the_apps_that_may_ask_for_a_scope_are_counted_and_the_first_are_named(browser, factory, arrange):
    arrange.run(catalogue.create_api, API, name="Articles")
    arrange.run(catalogue.add_permission, API, "articles.write", title="Write articles")
    for number in range(4):
        factory.client_with_secret(f"Plain {number}", scopes=["openid"])
    for number in range(4):
        factory.client_with_secret(f"Asks {number}", scopes=["openid", "articles.write"], allowed_apis=[API])
    factory.client_with_secret("Elsewhere", scopes=["openid", "articles.write"])
    browser.get("/admin/scopes")
    row = lambda name: browser.text.split(f">{name}<")[1].split("</tr>")[0]  # noqa: E731 - short and read once
    assert [name for name in ("Plain", "Asks", "Elsewhere") if name in row("openid")] == ["Plain", "Asks"]
    assert "and 4 more" in row("openid")
    assert row("articles.write").count("Asks") == 4
    assert "Elsewhere" not in row("articles.write")
    assert "more" not in row("articles.write")


def test_who_removes_a_permission_sees_first_what_breaks(browser, app, factory, arrange):
    api = arrange.made(catalogue.create_api, API, name="Articles")
    one = arrange.made(catalogue.add_permission, API, "articles.write")
    arrange.run(lambda: catalogue.add_to_role(catalogue.get_role("editor"), API, "articles.write", actor="system"))
    shop, _secret = factory.client_with_secret("Shop", scopes=["openid", "articles.write"], allowed_apis=[API])
    grant = arrange.family(factory.user("alice@example.com"), shop)
    arrange.execute(update(Grant).where(Grant.id == grant).values(scope="openid articles.write"))
    path = f"/admin/apis/{api}/permissions/{one}/remove"
    browser.get(f"/admin/apis/{api}")
    assert f'href="{path}"' in browser.text
    browser.get(path)
    for line in (
        "1 role loses it.",
        "1 app asks for it, and gets it no more.",
        "1 live grant of the newest 2000 names",
    ):
        assert line in browser.text
    assert post(browser, path, {"typed": "articles.read"}).status_code == 409
    browser.get(path)
    browser.submit("typed", typed="articles.write")
    assert browser.path == f"/admin/apis/{api}"
    browser.get(path)
    assert browser.status == 404


def test_permissions_of_our_own_api_are_not_offered_for_removal(browser, app):
    with app.app_context():
        own = catalogue.list_apis()[0]
        first = catalogue.list_permissions(own.id)[0]
    browser.get(f"/admin/apis/{own.id}")
    assert "/remove" not in browser.text
    answer = post(browser, f"/admin/apis/{own.id}/permissions/{first.id}/remove", {"typed": first.name})
    assert answer.status_code == 409


def test_a_role_stays_while_an_app_lets_in_by_it(browser, app, factory, arrange, command_line):
    arrange.run(catalogue.create_role, "edit")
    shop, _secret = factory.client_with_secret("Shop", allowed_roles=["support", "editor"])
    browser.get("/admin/roles/editor/delete")
    assert "Change first who may sign in to: Shop." in browser.text
    browser.submit("typed", typed="editor")
    assert browser.status == 409
    assert "Change first who may sign in to: Shop." in browser.text
    says = command_line.refused(role_command, "delete", "editor", "--yes", code=4)
    assert "Shop" in says
    with app.app_context():
        assert catalogue.get_role("editor")
        service = Api(app, keys.add_key(get_by_name(OWNER).id, label="x", permissions=PERMISSIONS)[1])
        editor = catalogue.get_role("editor").id
    answer = service("DELETE", f"/roles/{editor}", headers=service.etag(f"/roles/{editor}"))
    assert answer.status_code == 409
    assert "Shop" in answer.json["detail"]
    browser.get("/admin/roles/edit/delete")
    assert "Shop" not in browser.text
    arrange.run(clients.update_client, shop, {"allowed_roles": ["support"]})
    assert service("DELETE", f"/roles/{editor}", headers=service.etag(f"/roles/{editor}")).status_code == 204
