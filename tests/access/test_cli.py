"""`idp role`, `idp group` and `idp api`."""

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.access.commands.apis import api
from idp.access.commands.groups import group
from idp.access.commands.roles import role
from idp.access.people import get_person
from idp.audit.service import find_events

USAGE, NOT_FOUND, CONFLICT, FAILED = 2, 3, 4, 1
SHOP = "https://shop.example/api"


@pytest.fixture
def shop(command_line):
    command_line.json(api, "add", SHOP, "--name", "Shop")
    return command_line.json(api, "permission", "add", SHOP, "write", "--title", "Write articles")


def test_an_api_with_permissions_is_made_changed_and_deleted(command_line, shop):
    assert shop["permissions"] == [
        {"name": "write", "title": "Write articles", "titles": {}, "description": "", "icon": "key"}
    ]
    command_line.refused(api, "add", SHOP, code=CONFLICT)
    command_line.refused(api, "add", "shop", code=FAILED)
    command_line.refused(api, "add", SHOP + "/2", "--access-token-lifetime", 5, code=FAILED)
    assert command_line.json(api, "edit", SHOP, "--access-token-lifetime", 600)["access_token_lifetime"] == 600
    assert len(command_line.json(api, "list")) == 2
    assert SHOP in command_line.run(api, "list").stdout
    assert command_line.json(api, "permission", "remove", SHOP, "write", "--yes")["permissions"] == []
    command_line.refused(api, "permission", "remove", SHOP, "write", code=NOT_FOUND)
    command_line.json(api, "delete", SHOP, "--yes")
    command_line.refused(api, "show", SHOP, code=NOT_FOUND)


def test_a_role_is_made_given_and_taken(command_line, shop, factory, context):
    user_id = factory.user("alice@example.com", username="alice")
    made = command_line.json(role, "add", "editor", "--title", "Editor", "--permission", SHOP, "write")
    assert made["permissions"] == [{"api": SHOP, "name": "write"}]
    for name in ("Alice@Example.com", user_id, "alice"):
        assert command_line.json(role, "grant", "editor", name)["changed"] == (name == "Alice@Example.com")
    shown = command_line.json(role, "show", "editor")
    assert shown["people"] == [{"id": user_id, "email": "alice@example.com", "directly": True}]
    assert "alice@example.com" in command_line.run(role, "show", "editor").stdout
    assert command_line.json(role, "revoke", "editor", "alice")["changed"]
    assert access.role_names(user_id) == []


def test_a_role_with_a_wrong_permission_is_not_made_at_all(command_line, shop):
    command_line.refused(role, "add", "editor", "--permission", SHOP, "nothing", code=NOT_FOUND)
    command_line.refused(role, "show", "editor", code=NOT_FOUND)


def test_built_in_roles_are_listed_and_kept(command_line):
    rows = command_line.json(role, "list")
    assert {row["name"] for row in rows if row["builtin"]} == {"owner", "admin", "support", "auditor", "developer"}
    command_line.refused(role, "delete", "owner", "--yes", code=CONFLICT)
    command_line.refused(role, "permission", "add", "owner", "https://id.example.com/api/v1", "x", code=CONFLICT)


def test_unknown_people_and_roles_are_not_found(command_line, factory):
    factory.user("alice@example.com")
    command_line.refused(role, "grant", "support", "bob@example.com", code=NOT_FOUND)
    command_line.refused(role, "grant", "nothing", "alice@example.com", code=NOT_FOUND)
    command_line.refused(role, "grant", "support", code=USAGE)


def test_the_last_owner_is_kept(command_line, factory):
    factory.user("alice@example.com", roles=["owner"])
    assert "last owner" in command_line.refused(role, "revoke", "owner", "alice@example.com", code=CONFLICT)


def test_the_matrix_shows_which_role_allows_what(command_line, shop):
    command_line.json(role, "add", "editor")
    command_line.json(role, "permission", "add", "editor", SHOP, "write")
    rows = {(row["api"], row["permission"]): row["roles"] for row in command_line.json(role, "matrix")}
    assert rows[SHOP, "write"] == ["editor"]
    assert rows["https://id.example.com/api/v1", "admin.keys.write"] == ["owner"]
    assert "admin.keys.write" in command_line.run(role, "matrix").stdout
    assert command_line.json(role, "permission", "remove", "editor", SHOP, "write")["permissions"] == []


def test_groups_bring_roles(command_line, factory, context):
    user_id = factory.user("alice@example.com")
    command_line.json(group, "add", "staff", "--title", "Staff")
    command_line.json(group, "grant", "staff", "support")
    shown = command_line.json(group, "join", "staff", "alice@example.com")
    assert (shown["roles"], [person["email"] for person in shown["people"]]) == (["support"], ["alice@example.com"])
    assert access.role_names(user_id) == ["support"]
    assert command_line.json(role, "show", "support")["people"][0]["directly"] is False
    assert "staff" in command_line.run(group, "list").stdout
    assert command_line.json(role, "grant", "support", "alice@example.com")["changed"]
    assert command_line.json(role, "revoke", "support", "alice@example.com")["left_by_a_group"]
    assert command_line.json(group, "leave", "staff", "alice@example.com")["people"] == []
    command_line.json(group, "revoke", "staff", "support")
    command_line.json(group, "delete", "staff", "--yes")
    assert command_line.json(group, "list") == []


def test_nothing_is_deleted_without_a_yes(command_line, shop):
    command_line.json(role, "add", "editor")
    assert command_line.run(role, "delete", "editor", stdin="n\n").exit_code == FAILED
    assert command_line.run(role, "delete", "editor", stdin="y\n").exit_code == 0
    assert command_line.run(api, "delete", SHOP, stdin="").exit_code != 0


def test_deeds_are_recorded_with_the_person_at_the_keyboard(command_line, factory, context):
    factory.user("alice@example.com")
    command_line.json(role, "grant", "support", "alice@example.com")
    (event,) = find_events(tag="role.granted", limit=1)
    assert event.actor.startswith("cli:")


def test_a_role_includes_others_and_no_more(command_line, shop, factory, context):
    factory.user("alice@example.com")
    command_line.json(role, "add", "reader", "--permission", SHOP, "write")
    made = command_line.json(role, "add", "editor", "--include", "reader", "--include", "support")
    assert made["includes"] == ["reader", "support"]
    assert {"api": SHOP, "name": "write", "through": ["reader"], "comes_with": None} in made["allows"]
    assert command_line.json(role, "edit", "editor", "--exclude", "support")["includes"] == ["reader"]
    assert command_line.json(role, "edit", "editor", "--title", "Editor")["includes"] == ["reader"]
    command_line.refused(role, "edit", "reader", "--include", "editor", code=CONFLICT)
    command_line.refused(role, "edit", "editor", "--include", "nothing", code=NOT_FOUND)
    command_line.refused(role, "delete", "reader", "--yes", code=CONFLICT)
    shown = command_line.run(role, "show", "editor").stdout
    assert "Includes reader" in shown
    assert "write  from reader" in shown
    rows = {(row["api"], row["permission"]): row["roles"] for row in command_line.json(role, "matrix")}
    assert rows[SHOP, "write"] == ["editor", "reader"]
    command_line.json(role, "grant", "editor", "alice@example.com")
    command_line.json(role, "grant", "reader", "alice@example.com")
    assert command_line.json(role, "revoke", "reader", "alice@example.com")["left_by_a_group"]
    assert access.role_names(get_person("alice@example.com")) == ["editor", "reader"]


def test_a_list_and_a_role_count_the_same_as_allowed(command_line, shop):
    command_line.json(role, "add", "editor", "--permission", SHOP, "write")
    command_line.json(role, "add", "chief", "--include", "editor")
    (chief,) = [row for row in command_line.json(role, "list") if row["name"] == "chief"]
    assert (chief["permissions"], chief["allows"]) == (0, 1)
    assert len(command_line.json(role, "show", "chief")["allows"]) == 1
    (line,) = [line for line in command_line.run(role, "list").stdout.splitlines() if line.startswith("chief")]
    assert line.split() == ["chief", "1", "0"]


def test_who_has_a_permission_is_listed_with_the_whole_way(command_line, shop, factory, context):
    command_line.json(role, "add", "editor", "--permission", SHOP, "write")
    command_line.json(role, "add", "chief", "--include", "editor")
    catalogue.create_group("board")
    access.grant_role_to_group("board", "chief")
    access.add_member("board", factory.user("alice@example.com", roles=["chief"]))
    said = command_line.run(api, "permission", "people", SHOP, "write").stdout
    assert said.strip().endswith("chief, which includes editor; chief (board), which includes editor")
