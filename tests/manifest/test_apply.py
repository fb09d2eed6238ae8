"""What a manifest says comes true, all of it or nothing, and only what came from it goes with it."""

import pytest

from idp.access import catalogue
from idp.access.commands.apis import api
from idp.access.commands.groups import group
from idp.access.commands.roles import role
from idp.audit.service import find_events
from idp.cli import main
from idp.clients import service as clients
from idp.clients.commands.clients import client
from idp.core.errors import Conflict
from idp.manifest import applying
from idp.manifest.cli import apply, plan
from tests.manifest.conftest import WHOLE

FAILED, USAGE, CONFLICT = 1, 2, 4


def test_everything_a_manifest_says_comes_true(manifest, command_line):
    manifest.write(WHOLE)
    assert {(each["action"], each["kind"], each["name"]) for each in manifest.plan()["changes"]} == {
        ("create", "api", "https://api.example.com"),
        ("create", "role", "editor"),
        ("create", "group", "staff"),
        ("create", "client", "shop"),
        ("create", "client", "phone"),
    }
    manifest.apply()
    shown = command_line.json(api, "show", "https://api.example.com")
    assert (shown["name"], shown["access_token_lifetime"]) == ("Articles", 600)
    assert [item["title"] for item in shown["permissions"]] == ["Read articles", "Write articles"]
    shown = command_line.json(role, "show", "editor")
    assert shown["require_second_step"]
    assert [item["name"] for item in shown["permissions"]] == ["articles.read", "articles.write", "admin.users.read"]
    assert command_line.json(group, "show", "staff")["roles"] == ["editor", "support"]
    shown = command_line.json(client, "show", "shop")
    assert shown["redirect_uris"] == ["https://shop.example.com/callback", "http://localhost:5000/callback"]
    assert shown["contacts"] == ["shop@example.com"]
    assert shown["allowed_roles"] == ["editor"]
    shown = command_line.json(client, "show", "phone")
    assert (shown["enabled"], shown["access_lifetime"], shown["type"]) == (False, 300, "native")


def test_applied_twice_nothing_happens_the_second_time(manifest, snapshot):
    manifest.write(WHOLE).apply()
    assert manifest.plan()["changes"] == []
    before = snapshot()
    assert manifest.apply()["changes"] == []
    assert snapshot() == before


def test_a_changed_file_changes_what_differs_and_nothing_else(manifest, command_line, context, arrange):
    manifest.write(WHOLE).apply()
    assert arrange.uses_out_of_step() == []
    version = clients.get_client("phone").version
    manifest.write(
        WHOLE,
        ('"http://localhost:5000/callback"', '"https://shop.example.com/other"'),
        ('name = "Shop"', 'name = "The shop"'),
        ("access_token_lifetime = 600\n", ""),
        ('title = "Read articles"', 'title = "Read them"'),
        ('  { name = "articles.write", title = "Write articles", description = "All of them" },\n', ""),
        ('["articles.write", "articles.read"]', '["articles.read"]'),
        ('roles = ["editor", "support"]', 'roles = ["auditor", "editor"]'),
        ("require_second_step = true\n", ""),
        ('title = "Staff"', 'title = "All staff"'),
    )
    shown = manifest.shown()
    assert "redirect_uris: + https://shop.example.com/other, - http://localhost:5000/callback" in shown
    assert 'name: "Shop" → "The shop"' in shown
    assert "access_token_lifetime: 600 → -" in shown
    assert "permissions: - articles.write, ~ articles.read" in shown
    assert "roles: + auditor, - support" in shown
    assert "drift" not in shown
    assert shown.endswith("0 to create, 4 to change, 0 to delete.\n")
    manifest.apply()
    assert manifest.plan()["changes"] == []
    assert arrange.uses_out_of_step() == []
    assert clients.get_client("phone").version == version
    assert command_line.json(api, "show", "https://api.example.com")["access_token_lifetime"] is None
    assert command_line.json(group, "show", "staff")["title"] == "All staff"


def test_every_change_is_in_the_audit_as_if_made_by_hand(manifest, context):
    manifest.write(WHOLE).apply()
    manifest.write("").apply()
    events = find_events(limit=500)
    assert {event.tag for event in events} >= {
        "api.created", "permission.created", "role.created", "role.permission_added", "group.created",
        "group.role_added", "client.created", "client.disabled", "client.deleted", "group.deleted", "role.deleted",
        "api.deleted",
    }  # fmt: skip
    assert all(event.actor.startswith("cli:") for event in events)


def test_only_what_came_from_the_file_goes_with_the_file(manifest, command_line, context):
    command_line.json(role, "add", "handmade")
    command_line.json(client, "add", "--name", "Mine", "--client-id", "mine", "--redirect-uri", "https://m.example/cb")
    manifest.write(WHOLE).apply()
    manifest.write("")
    changes = manifest.plan()["changes"]
    assert [(each["action"], each["kind"], each["name"]) for each in changes] == [
        ("delete", "api", "https://api.example.com"),
        ("delete", "role", "editor"),
        ("delete", "group", "staff"),
        ("delete", "client", "phone"),
        ("delete", "client", "shop"),
    ]
    manifest.apply()
    assert {row.name for row in catalogue.list_roles()} >= {"handmade", "owner"}
    assert [row.id for row in clients.list_clients()] == ["mine"]
    assert manifest.plan()["changes"] == []


def test_what_was_made_by_hand_is_taken_over_with_its_entry_and_that_is_told(manifest, command_line, context):
    command_line.json(role, "add", "editor", "--title", "Editor")
    manifest.write('[[roles]]\nname = "editor"\ntitle = "Editor"\n')
    found = manifest.plan()
    assert found["changes"] == []
    assert "role editor" in found["notes"][0]
    manifest.apply()
    manifest.write("").apply()
    assert "editor" not in {row.name for row in catalogue.list_roles()}


def test_what_came_with_the_house_cannot_go_and_is_let_go(manifest, context):
    manifest.write(
        '[[roles]]\nname = "admin"\nrequire_second_step = true\n[[apis]]\nidentifier = "idp"\nname = "Ours"\n'
    )
    manifest.apply()
    admin = catalogue.get_role("admin")
    assert (admin.require_second_step, admin.title) == (True, "Administrator")
    assert catalogue.get_api("https://id.example.com/api/v1").name == "Ours"
    manifest.write("")
    found = manifest.plan()
    assert found["changes"] == []
    assert len(found["notes"]) == 2
    manifest.apply()
    assert manifest.plan() == {"changes": [], "notes": []}
    assert catalogue.get_role("admin").require_second_step


def test_a_change_by_hand_is_told_apart_from_a_change_of_the_file(manifest, command_line, context):
    manifest.write(WHOLE).apply()
    command_line.json(client, "edit", "shop", "--name", "By hand")
    command_line.json(group, "delete", "staff", "--yes")
    manifest.write(WHOLE, ("access_lifetime = 300", "access_lifetime = 400"), ('title = "Editor"', 'title = "Editors"'))
    by_name = {each["name"]: each for each in manifest.plan()["changes"]}
    assert {name: each["drift"] for name, each in by_name.items()} == {
        "shop": True, "staff": True, "phone": False, "editor": False,
    }  # fmt: skip
    assert by_name["shop"]["fields"] == [{"name": "name", "before": "By hand", "after": "Shop", "drift": True}]
    assert by_name["staff"]["action"] == "create"
    shown = manifest.shown()
    assert "~ client shop  (drift: changed by hand since the last apply)" in shown
    assert 'name: "By hand" → "Shop"  (by hand)' in shown
    assert "+ group staff  (drift: deleted by hand since the last apply)" in shown
    manifest.apply()
    assert clients.get_client("shop").name == "Shop"
    assert manifest.plan()["changes"] == []


def test_a_deletion_tells_of_what_was_changed_by_hand(manifest, command_line):
    manifest.write(WHOLE).apply()
    command_line.json(client, "edit", "shop", "--name", "By hand")
    manifest.write("")
    assert "- client shop  (drift: changed by hand since the last apply)" in manifest.shown()


def test_when_the_last_step_fails_nothing_has_happened(manifest, snapshot, monkeypatch):
    manifest.write(WHOLE).apply()
    before = snapshot()
    manifest.write(
        '[[roles]]\nname = "new"\n[[clients]]\nclient_id = "new"\nname = "New"\nredirect_uris = ["https://n.example/"]\n'
    )
    done = []

    def refuse(identifier):
        done.extend(event.tag for event in find_events(limit=500))
        raise Conflict("This one stays.")

    monkeypatch.setattr(applying.catalogue, "delete_api", refuse)
    lines = manifest.refused(apply, "--yes", code=CONFLICT)
    assert lines == ["idp: api https://api.example.com: This one stays. Nothing was changed."]
    assert set(done) >= {"client.deleted", "role.created", "client.created"}
    assert snapshot() == before


def test_the_last_owner_is_not_lost_by_a_file(manifest, factory, snapshot, command_line):
    manifest.write('[[groups]]\nname = "bosses"\nroles = ["owner"]\n').apply()
    factory.user("alice@example.com")
    command_line.json(group, "join", "bosses", "alice@example.com")
    before = snapshot()
    manifest.write('[[groups]]\nname = "bosses"\n[[roles]]\nname = "new"\n')
    assert "last owner" in manifest.refused(apply, "--yes", code=CONFLICT)[0]
    assert snapshot() == before


@pytest.mark.parametrize("late", [True, False])
def test_a_change_by_hand_between_plan_and_apply_stops_the_apply(manifest, command_line, context, monkeypatch, late):
    manifest.write(WHOLE).apply()
    manifest.write(WHOLE, ('name = "Shop"', 'name = "The shop"'))

    def change_meanwhile(*_args, **_values):
        command_line.json(client, "edit", "shop", "--redirect-uri", "https://shop.example.com/by-hand")
        return late

    monkeypatch.setattr("idp.manifest.cli.click.confirm", change_meanwhile)
    result = command_line.run(apply, manifest.path)
    assert result.exit_code == (CONFLICT if late else FAILED)
    row = clients.get_client("shop")
    assert (row.name, row.redirect_uris) == ("Shop", ["https://shop.example.com/by-hand"])


def test_people_are_asked_and_a_no_changes_nothing(manifest, command_line, snapshot):
    manifest.write(WHOLE)
    before = snapshot()
    result = command_line.run(apply, manifest.path, stdin="n\n")
    assert result.exit_code == FAILED
    assert "+ client shop" in result.stdout
    assert snapshot() == before
    assert command_line.run(apply, manifest.path, stdin="y\n").exit_code == 0
    assert command_line.run(apply, manifest.path).exit_code == 0  # nothing to ask


def test_the_exit_code_tells_of_differences_when_asked(manifest, command_line):
    manifest.write(WHOLE)
    assert command_line.run(plan, manifest.path).exit_code == 0
    assert command_line.run(plan, manifest.path, "--exit-code").exit_code == FAILED
    manifest.apply()
    assert command_line.run(plan, manifest.path, "--exit-code").exit_code == 0
    command_line.refused(plan, code=USAGE)
    assert "plan" in main.list_commands(None)


def test_the_schema_describes_every_section(command_line):
    result = command_line.run(plan, "--schema")
    assert result.exit_code == 0
    for word in ('"apis"', '"redirect_uris"', '"require_second_step"', "2020-12", '"env"'):
        assert word in result.stdout
