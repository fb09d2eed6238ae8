"""Secrets of apps come from the environment or a file, and are seen nowhere else."""

import pytest

from idp.clients import service as clients
from idp.clients.commands.clients import client, secret
from idp.core.db import db
from idp.core.secrets import digest
from idp.manifest.cli import apply, plan
from tests.manifest.conftest import WHOLE

VALUE, OTHER = "a secret from elsewhere, long enough 7Q", "another secret, quite long enough too 8Z"
FROM_ENV = ("allowed_roles", 'secret = { env = "SHOP_SECRET" }\nallowed_roles')


@pytest.fixture(params=["env", "file"])
def source(request, manifest, monkeypatch, tmp_path):
    """Put the app's secret where the manifest looks for it."""

    def put(value):
        if request.param == "env":
            monkeypatch.setenv("SHOP_SECRET", value)
            manifest.write(WHOLE, FROM_ENV)
            return
        path = tmp_path / "shop_secret"
        path.write_text(value + "\n")
        manifest.write(WHOLE, ("allowed_roles", f'secret = {{ file = "{path}" }}\nallowed_roles'))

    return put


def live(client_id="shop"):
    db.session.rollback()
    return [row.digest for row in clients.list_secrets(client_id)]


def test_a_secret_is_set_once_and_is_in_no_output_no_audit_and_no_row(
    manifest, source, command_line, snapshot, context
):
    source(VALUE)
    outputs = [manifest.shown()]
    result = command_line.run(apply, manifest.path, "--yes")
    assert result.exit_code == 0, result.output
    outputs += [result.output, command_line.run(apply, manifest.path, "--json").output, manifest.exported()]
    assert live() == [digest(VALUE)]
    assert manifest.plan()["changes"] == []
    assert "secret: + from " in outputs[0]
    for text in [*outputs, str(snapshot())]:
        assert VALUE not in text
        assert VALUE.split(",", maxsplit=1)[0] not in text
    assert clients.find_client("shop").has_secret(VALUE)


def test_another_secret_is_added_beside_the_old_one(manifest, source, context, command_line):
    source(VALUE)
    manifest.apply()
    source(OTHER)
    changes = manifest.plan()["changes"]
    assert [(each["name"], each["fields"], bool(each["new_secret_from"])) for each in changes] == [("shop", [], True)]
    manifest.apply()
    assert live() == [digest(VALUE), digest(OTHER)]
    first = command_line.json(secret, "list", "shop")[0]["id"]
    command_line.json(secret, "remove", "shop", first, "--yes")
    assert manifest.plan()["changes"] == []
    assert live() == [digest(OTHER)]


def test_without_a_secret_an_app_gets_none_and_the_plan_says_how_to_add_one(manifest, command_line, context):
    manifest.write(WHOLE)
    note = "client shop has no secret: name one in the file, or add one: idp client secret add shop"
    assert note in manifest.plan()["notes"]
    manifest.apply()
    assert live() == []
    assert note in manifest.plan()["notes"]
    command_line.json(secret, "add", "shop")
    assert manifest.plan() == {"changes": [], "notes": []}


def test_a_plan_needs_no_secret_but_an_apply_does(manifest, snapshot, monkeypatch):
    monkeypatch.delenv("SHOP_SECRET", raising=False)
    manifest.write(WHOLE, FROM_ENV, ('name = "Phone"', 'name = "Phone"\nsecret = { file = "/nowhere/at/all" }'))
    manifest.write(
        manifest.path.read_text(), ('type = "native"', 'type = "web"'), ("com.example.phone:/", "https://p.example/")
    )
    notes = manifest.plan()["notes"]
    assert "client shop: its secret is not compared: environment variable SHOP_SECRET: it is not set" in notes
    before = snapshot()
    assert manifest.refused(apply, "--yes") == [
        "29: client 'shop': secret: environment variable SHOP_SECRET: it is not set",
        "36: client 'phone': secret: file /nowhere/at/all: it cannot be read (No such file or directory)",
    ]
    assert snapshot() == before


def test_a_secret_that_cannot_be_one_is_refused_unseen(manifest, monkeypatch):
    monkeypatch.setenv("SHOP_SECRET", "hunter2")
    lines = manifest.write(WHOLE, FROM_ENV).refused()
    assert lines == [
        "29: client 'shop': secret: environment variable SHOP_SECRET: A secret has at least 32 characters."
    ]
    monkeypatch.setenv("SHOP_SECRET", "")
    assert "it is empty" in manifest.plan()["notes"][0]


@pytest.mark.parametrize(
    "line",
    [
        f'secret = "{VALUE}"',
        f'client_secret = "{VALUE}"',
        f'secret = {{ value = "{VALUE}" }}',
        f'secret = {{ env = ["{VALUE}"] }}',
        f'metadata = {{ client_secret = "{VALUE}" }}',
    ],
)
def test_a_secret_in_the_file_itself_is_refused_and_not_repeated(manifest, command_line, line):
    manifest.write(WHOLE, ('name = "Phone"', f'name = "Phone"\n{line}'))
    for command in (plan, apply):
        result = command_line.run(command, manifest.path, "--json")
        assert result.exit_code == 5
        assert VALUE not in result.output
    assert any(text.startswith("35: ") for text in manifest.refused())


def test_an_app_without_secrets_gets_none(manifest, monkeypatch):
    monkeypatch.setenv("SHOP_SECRET", VALUE)
    manifest.write(WHOLE, ('name = "Phone"', 'name = "Phone"\nsecret = { env = "SHOP_SECRET" }'))
    assert manifest.refused() == ["35: client 'phone': secret: an app that authenticates this way has no secret"]


def test_an_app_with_enough_secrets_says_what_to_do(manifest, command_line, monkeypatch, context):
    manifest.write(WHOLE).apply()
    for _ in range(5):
        command_line.json(secret, "add", "shop")
    monkeypatch.setenv("SHOP_SECRET", VALUE)
    assert "remove one first: idp client secret remove shop" in manifest.write(WHOLE, FROM_ENV).refused()[0]


def test_an_app_that_comes_to_have_a_secret_gets_it_in_the_same_apply(manifest, monkeypatch, context, command_line):
    manifest.write(WHOLE, ("allowed_roles", 'token_endpoint_auth_method = "none"\nallowed_roles')).apply()
    assert live() == []
    monkeypatch.setenv("SHOP_SECRET", VALUE)
    manifest.write(WHOLE, FROM_ENV).apply()
    assert live() == [digest(VALUE)]
    assert command_line.json(client, "show", "shop")["token_endpoint_auth_method"] == "client_secret_basic"
