"""A typed client is made from the document, and works: so the document says what the API does."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def generated(owner, tmp_path, monkeypatch):
    """The package that openapi-python-client makes."""
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(owner.get("/openapi.json").json))
    command = [Path(sys.executable).parent / "openapi-python-client", "generate", "--path", document, "--meta", "none"]
    config = tmp_path / "config.yml"
    config.write_text("post_hooks: []\n")
    target = tmp_path / "made" / "admin_client"
    target.parent.mkdir()
    done = subprocess.run(
        [*command, "--output-path", target, "--config", config, "--fail-on-warning"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(str(target.parent))
    importlib.invalidate_caches()
    yield "admin_client"
    for name in [name for name in sys.modules if name.partition(".")[0] == "admin_client"]:
        del sys.modules[name]


@pytest.fixture
def call(generated, app, owner):
    """Call an operation of the generated client: `call("users", "invite_user", body=…)`."""
    import httpx

    package = importlib.import_module(generated)
    client = package.AuthenticatedClient(
        base_url="https://id.example.com/api/v1", token=owner.key, raise_on_unexpected_status=True,
        httpx_args={"transport": httpx.WSGITransport(app=app)},
    )  # fmt: skip

    def run(noun, operation, *path, **values):
        module = importlib.import_module(f"{generated}.api.{noun}.{operation}")
        return module.sync_detailed(*path, client=client, **values)

    run.models = importlib.import_module(f"{generated}.models")
    return run


def test_the_typed_client_does_what_the_document_promises(call):
    models = call.models
    invited = call("users", "invite_user", body=models.UserInvite(email="alice@example.com", name="Alice Baker"))
    assert isinstance(invited.parsed, models.User)
    assert invited.status_code == 201
    alice = invited.parsed
    changed = call(
        "users", "edit_user", alice.id, body=models.UserChanges(name="Alice Cook"), if_match=invited.headers["ETag"]
    )
    assert changed.parsed.name == "Alice Cook"
    assert changed.parsed.version == alice.version + 1
    found = call("users", "list_users", search="alice@", limit=5)
    assert [user.email for user in found.parsed.items] == ["alice@example.com"]
    stale = call("users", "edit_user", alice.id, body=models.UserChanges(name="X"), if_match=invited.headers["ETag"])
    assert isinstance(stale.parsed, models.Problem)
    assert stale.parsed.status == stale.status_code == 412

    role = call("roles", "create_role", body=models.RoleNew(name="editor", title="Editor"), idempotency_key="k1").parsed
    assert (
        call("roles", "create_role", body=models.RoleNew(name="editor", title="Editor"), idempotency_key="k1").parsed
        == role
    )
    assert call("users", "give_role", alice.id, role.id).parsed.role == "editor"
    assert call("users", "read_user", alice.id).parsed.roles == ["editor"]
    assert call("users", "take_role", alice.id, role.id).status_code == 204

    made = call(
        "clients", "create_client", body=models.ClientNew(name="Shop", redirect_uris=["https://rp.example.com/cb"])
    )
    assert made.parsed.client_secret.startswith("idps_")
    secret = call("clients", "add_secret", made.parsed.id, body=models.SecretNew(label="next")).parsed
    assert secret.client_secret.startswith("idps_")
    assert call("keys", "list_keys").parsed.items[0].kid
    events = call("audit", "list_events", event="client.*").parsed.items
    assert events[0].event == "client.secret_added"
    assert call("users", "delete_user", alice.id, if_match=changed.headers["ETag"]).status_code == 204
