"""Which roles a role includes, chosen in the console: what changes is seen first, and every page names where from."""

import re

import pytest

from idp.access import apis, catalogue
from idp.access import service as access
from idp.access.derived.including import includes_of
from idp.audit.service import find_events
from idp.clients import service as clients
from idp.oauth.tokens.claims import authorization_claims
from idp.oauth.tokens.preview import preview_tokens
from tests.actors import Browser
from tests.admin.house import post

OWNER, API = "owner@example.com", "https://articles.example.com"


@pytest.fixture
def browser(app, factory, arrange):
    """An owner; roles: reader may read, editor may write, chief includes editor."""
    factory.user(OWNER, roles=("owner",))

    def make():
        catalogue.create_api(API, name="Articles")
        for name in ("read", "write"):
            catalogue.add_permission(API, f"articles.{name}")
        catalogue.create_role("reader", permissions=[(API, "articles.read")])
        catalogue.create_role("editor", title="Editor", permissions=[(API, "articles.write")])
        catalogue.create_role("chief", includes=["editor"])

    arrange.run(make)
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def included(app, name):
    with app.app_context():
        return includes_of(catalogue.get_role(name))


def row_of(text, mark):
    """The row of a table in which something stands, as one reads it."""
    row = next(row for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL) if mark in row)
    return " ".join(re.sub(r"<[^>]+>", " ", row).split()).replace(" ,", ",")


def test_what_changes_is_seen_before_it_is_saved(app, browser, factory):
    factory.user("chief@example.com", roles=("chief",))
    factory.user("editor@example.com", roles=("editor",))
    browser.get("/admin/roles/editor/includes")
    assert browser.text.count('type="checkbox"') == 5  # neither itself, nor chief, nor owner
    browser.submit("includes", includes="reader")
    assert "Affects 2 people." in browser.text
    editor, chief = browser.text.split("<h2>editor</h2>")[1].split("<h2>chief</h2>")
    for part in (editor, chief):
        assert "Gains 1 permissions, loses 0." in part
        assert "gains the role <code>reader</code>" in part
        assert "<code>articles.read</code>" in part
    assert "It includes editor." in chief
    assert included(app, "editor") == []
    browser.press("/includes/save")
    assert included(app, "editor") == ["reader"]
    with app.app_context():
        event = find_events(tag="role.edited", limit=1)[0]
        assert (event.detail["before"], event.detail["after"]) == ({"includes": []}, {"includes": ["reader"]})


def test_what_is_the_same_is_not_saved_and_what_is_unknown_is_refused(app, browser):
    assert "Nothing changes." in post(browser, "/admin/roles/chief/includes", {"includes": "editor"}).text
    for other in ("chief", "owner", "nothing"):
        assert post(browser, "/admin/roles/editor/includes", {"includes": other}).status_code == 422
        form = {"includes": other, "version": "1"}
        assert post(browser, "/admin/roles/editor/includes/save", form).status_code == 422
    assert browser.get("/admin/roles/support/includes").status_code == 409
    assert post(browser, "/admin/roles/support/includes/save", {"includes": "reader"}).status_code == 409
    assert included(app, "editor") == []


def test_the_second_to_save_sees_both_and_overwrites_nothing(app, browser):
    first = post(browser, "/admin/roles/editor/includes/save", {"includes": "reader", "version": "1"})
    assert first.status_code == 303
    second = {"includes": "support", "version": "1"}
    answer = post(browser, "/admin/roles/editor/includes/save", second)
    assert answer.status_code == 409
    assert "<bdi>reader</bdi></td>" in answer.text
    assert "<bdi>support</bdi></td>" in answer.text
    assert included(app, "editor") == ["reader"]
    again = post(browser, "/admin/roles/editor/includes/save", {**second, "edit_again": "y"})
    assert 'action="/admin/roles/editor/includes"' in again.text
    assert post(browser, "/admin/roles/editor/includes/save", {**second, "version": "2"}).status_code == 303
    assert included(app, "editor") == ["support"]


def test_who_may_not_give_a_role_lets_none_include_it(app, factory, arrange, browser):
    own = arrange.run(access.own_api)
    pairs = [(own, f"admin.roles.{name}") for name in ("read", "write")]
    arrange.run(catalogue.create_role, "clerk", permissions=pairs)
    factory.user("clerk@example.com", roles=("clerk",))
    clerk = Browser(app)
    clerk.sign_in("clerk@example.com")
    form = {"includes": "support", "version": "1"}
    assert post(clerk, "/admin/roles/editor/includes/save", form).status_code == 403
    assert included(app, "editor") == []
    assert post(clerk, "/admin/roles/editor/includes/save", {**form, "includes": "reader"}).status_code == 303


def test_a_role_that_others_include_says_so_and_stays(app, browser):
    browser.get("/admin/roles/editor/delete")
    assert "Other roles include this one. Take it out of them first: chief." in browser.text
    assert post(browser, "/admin/roles/editor/delete", {"typed": "editor"}).status_code == 409
    browser.get("/admin/roles/editor")
    assert "It is included by:" in browser.text


def test_every_page_names_the_way(app, browser, factory, arrange):
    arrange.run(lambda: catalogue.edit_role(catalogue.get_role("editor"), includes=["reader", "support"]))
    chief = factory.user("chief@example.com", name="Chief", roles=("chief",))
    browser.get(f"/admin/roles/who-can?what={API}|articles.read")
    assert row_of(browser.text, "chief@") == "chief@example.com chief, which includes editor, which includes reader"
    for address in (f"/admin/users/{chief}/roles", f"/admin/users/{chief}/see"):
        browser.get(address)
        says = row_of(browser.text, "articles.read")
        assert says == f"articles.read {API} chief, which includes editor, which includes reader"
    browser.get(f"/admin/users/{chief}/roles")
    assert re.search(r'reader <span class="hint">included by editor</span>', browser.text)
    browser.get("/admin/roles/reader")
    assert row_of(browser.text, "chief@").endswith("chief, which includes editor, which includes reader")
    browser.get("/admin/roles/chief")
    assert '<code>articles.read</code></a> <bdi></bdi> <span class="hint">from reader</span>' in browser.text
    assert "&#34;roles&#34;: [" in browser.text or '"roles": [' in browser.text
    with app.app_context():
        permission = catalogue.get_permission(API, "articles.read")
        address = f"/admin/apis/{permission.api_id}/permissions/{permission.id}"
    browser.get(address)
    assert row_of(browser.text, ">chief<") == "chief, which includes editor, which includes reader 1"


def test_the_table_shows_what_is_inherited_ticked_and_shut(browser, arrange):
    arrange.run(lambda: catalogue.edit_role(catalogue.get_role("editor"), includes=["reader"]))
    browser.get("/admin/roles/matrix")
    box = re.search(r"<input[^>]*chief may: articles.read[^>]*>", browser.text)[0]
    assert "disabled checked" in box
    assert "from reader" in box
    assert "name=" not in box
    own = re.search(r"<input[^>]*aria-label=\"editor may: articles.write\"[^>]*>", browser.text)[0]
    assert "checked" in own
    assert "disabled" not in own
    seen = re.search(r'name="seen" value="([^"]+)"', browser.text)[1]
    arrange.run(lambda: catalogue.edit_role(catalogue.get_role("chief"), includes=["reader"]))
    form = {"seen": seen, "cell": [f"editor|{API}|articles.write", f"reader|{API}|articles.read"]}
    assert post(browser, "/admin/roles/matrix/save", form).status_code == 409


def test_the_review_of_the_table_names_who_includes_a_changed_role(browser, factory, arrange):
    arrange.run(catalogue.create_role, "deputy", permissions=[(API, "articles.read")], includes=["editor"])
    factory.user("chief@example.com", roles=("chief",))
    cells = [f"editor|{API}|articles.read", f"reader|{API}|articles.read", f"deputy|{API}|articles.read"]
    page = post(browser, "/admin/roles/matrix", {"cell": cells}).get_data(as_text=True)
    parts = {part.split("</h2>")[0]: part for part in page.split("<h2>")[1:]}
    assert set(parts) == {"editor", "chief", "deputy"}  # not reader: nothing of it changes
    for part in (parts["editor"], parts["chief"]):
        assert "Gains 1 permissions, loses 1." in part
        assert "Affects 1 person." in part
    assert "It includes editor." in parts["chief"]
    assert "Gains 0 permissions, loses 1." in parts["deputy"]


def test_the_review_says_where_a_change_of_the_table_changes_nothing_for_anybody(browser, arrange):
    arrange.run(catalogue.create_role, "deputy", permissions=[(API, "articles.write")], includes=["editor"])
    page = post(
        browser, "/admin/roles/matrix", {"cell": [f"editor|{API}|articles.write", f"reader|{API}|articles.read"]}
    )
    assert page.get_data(as_text=True).count("<h2>") == 1
    assert "Nobody gains or loses anything by it" in page.get_data(as_text=True)


def test_who_inherits_counts_wherever_roles_are_counted(app, browser, arrange):
    with app.app_context():
        api_id, permission = catalogue.get_api(API).id, apis.get_permission(API, "articles.write").id
    browser.get(f"/admin/apis/{api_id}")
    assert 'href="/admin/roles/chief"' in browser.text
    browser.get(f"/admin/apis/{api_id}/delete")
    assert "3 roles lose something." in browser.text
    browser.get(f"/admin/apis/{api_id}/permissions/{permission}/remove")
    assert "2 roles lose it." in browser.text
    browser.get("/admin/roles")
    assert row_of(browser.text, "/admin/roles/chief").split() == ["chief", "0", "0", "1"]


def test_tokens_name_what_is_included_and_apps_let_in_by_it(app, browser, factory, arrange):
    arrange.run(lambda: catalogue.edit_role(catalogue.get_role("editor"), includes=["reader"]))
    chief, nobody = factory.user("chief@example.com", roles=("chief",)), factory.user("nobody@example.com")
    client_id, _secret = factory.client_with_secret("Shop", allowed_apis=[API])
    with app.test_request_context(base_url="https://id.example.com"):
        assert authorization_claims(chief, ["roles"], API) == {
            "roles": ["chief", "editor", "reader"], "permissions": ["articles.read", "articles.write"],
        }  # fmt: skip
    arrange.run(clients.update_client, client_id, {"allowed_roles": ["reader"]})
    with app.test_request_context(base_url="https://id.example.com"):
        found = preview_tokens(client_id, chief, ["openid", "roles"], resource=API)
        assert found.refusal is None
        why = next(one.why for one in found.access_token.sources if one.name == "roles")
        assert str(why).endswith(
            "chief; chief, which includes editor; chief, which includes editor, which includes reader"
        )
        assert preview_tokens(client_id, nobody, ["openid"]).refusal is not None
