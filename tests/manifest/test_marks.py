"""Pages of the console say what the manifest looks after, and nothing of the kind about anything else."""

import pytest

from idp.access import catalogue
from idp.access import service as access
from tests.actors import Browser
from tests.manifest.conftest import WHOLE
from tests.manifest.test_settings import SETTINGS

SAYS = "anaged by the file"
API = "https://api.example.com"
OTHER_API = "https://other.example.com"
PAGES = (
    "/groups/{group}", "/groups/{group}/edit", "/groups/{group}/delete", "/apis/{api}", "/apis/{api}/edit",
    "/apis/{api}/delete", "/apis/{api}/permissions/{permission}", "/apis/{api}/permissions/{permission}/edit",
    "/roles/{role}", "/roles/{role}/edit", "/roles/{role}/delete", "/clients/{client}", "/clients/{client}/edit",
    "/clients/{client}/secrets", "/clients/{client}/access", "/clients/{client}/danger", "/clients/{client}/delete",
)  # fmt: skip


@pytest.fixture
def owner(manifest, app, factory):
    manifest.write(WHOLE + SETTINGS).apply()
    factory.user("owner@example.com", roles=("owner",))
    browser = Browser(app)
    browser.sign_in("owner@example.com")
    return browser


def things(app, group, api, permission, role, client):
    """The ids of things by name, as the addresses of their pages want them."""
    with app.app_context():
        row = catalogue.get_api(api)
        return {
            "group": catalogue.get_group(group).id, "api": row.id, "role": role, "client": client,
            "permission": next(one.id for one in catalogue.list_permissions(row.id) if one.name == permission),
        }  # fmt: skip


@pytest.fixture
def managed(owner, app):
    return things(app, "staff", API, "articles.read", "editor", "shop")


@pytest.fixture
def unmanaged(owner, app, arrange, factory):
    arrange.run(catalogue.create_group, "crew")
    arrange.run(catalogue.create_role, "writer")
    arrange.run(catalogue.create_api, OTHER_API, name="Books")
    arrange.run(catalogue.add_permission, OTHER_API, "books.read")
    client_id, _secret = factory.client_with_secret("Other")
    return things(app, "crew", OTHER_API, "books.read", "writer", client_id)


@pytest.mark.parametrize("page", PAGES)
def test_pages_say_what_the_file_manages(owner, managed, unmanaged, page):
    owner.get("/admin" + page.format(**managed))
    assert owner.status == 200
    assert SAYS in owner.text
    owner.get("/admin" + page.format(**unmanaged))
    assert owner.status == 200
    assert SAYS not in owner.text


@pytest.mark.parametrize(("page", "count"), [("groups", 1), ("apis", 1), ("roles", 2), ("settings/general", 1)])
def test_lists_mark_what_the_file_manages(owner, managed, unmanaged, app, page, count):
    owner.get(f"/admin/{page}")
    assert owner.status == 200
    assert owner.text.count(SAYS) == count


def test_a_change_of_the_table_says_which_roles_the_file_manages(owner, managed, unmanaged, app):
    owner.get("/admin/roles/matrix")
    owner.submit("cell", cell=[f"writer|{API}|articles.read"])
    assert owner.text.count(SAYS) == 1
    assert "<h2>editor</h2>" in owner.text
    assert "<h2>writer</h2>" in owner.text


def test_the_own_api_is_marked_by_the_name_the_file_has_for_it(manifest, owner, app):
    manifest.write(WHOLE + '\n[[apis]]\nidentifier = "idp"\nname = "The house"\n').apply()
    with app.app_context():
        api = catalogue.get_api(access.own_api()).id
    owner.get(f"/admin/apis/{api}")
    assert SAYS in owner.text
    owner.get("/admin/apis")
    assert owner.text.count(SAYS) == 2
