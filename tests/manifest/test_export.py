"""What is exported is what is there: a plan of it is empty, and it makes the same house elsewhere."""

import base64
import json
import pathlib
import tomllib

from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from idp.access.commands.apis import api
from idp.access.commands.groups import group
from idp.access.commands.roles import role
from idp.clients import service as clients
from idp.clients.commands.clients import client
from idp.manifest import exporting
from idp.manifest.cli import export
from tests.manifest.conftest import WHOLE


def furnish(command_line, tmp_path):
    """Make one of everything by hand, with signs that a file must escape."""
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps({"keys": [ECKey.generate_key("P-256").as_dict(private=False) | {"kid": 'k"1'}]}))
    more = tmp_path / "more.json"
    more.write_text(json.dumps({"contacts": ["a@example.com"], "client_name#fr": "L’app", "software_id": "x\\y"}))
    run = command_line.json
    run(api, "add", "https://api.example.com", "--name", 'The "API" \\ é')
    run(api, "permission", "add", "https://api.example.com", "read", "--title", "Read = [all]", "--description", "#1")
    run(api, "edit", "https://id.example.com/api/v1", "--name", "House")
    run(role, "add", "reader", "--permission", "https://api.example.com", "read", "--require-second-step")
    run(role, "edit", "support", "--title", "")
    run(group, "add", "all", "--title", "Tout le monde")
    run(group, "grant", "all", "support")
    run(client, "add", "--name", "Web", "--client-id", "web.app~1", "--redirect-uri", "https://w.example/cb?a=b",
        "--metadata", more, "--scope", "openid read", "--api", "https://api.example.com", "--role", "reader",
        "--default-max-age", 0, "--first-party", "--no-require-pkce", "--policy-uri", "https://w.example/p")  # fmt: skip
    run(client, "add", "--name", "Keys", "--client-id", "keys", "--type", "machine", "--jwks", jwks, "--auth-method",
        "private_key_jwt", "--api", "https://id.example.com/api/v1")  # fmt: skip
    run(client, "add", "--name", "Device", "--client-id", "television", "--type", "device")
    run(client, "disable", "television")


def test_a_plan_of_what_was_exported_is_empty(manifest, command_line, tmp_path, app):
    furnish(command_line, tmp_path)
    text = manifest.exported()
    assert manifest.write(text).plan()["changes"] == []
    assert manifest.apply()["changes"] == []
    assert manifest.exported() == text
    assert manifest.plan() == {"changes": [], "notes": []}


def test_what_was_exported_makes_the_same_house_elsewhere(manifest, command_line, tmp_path, app, snapshot):
    furnish(command_line, tmp_path)
    text = manifest.exported()
    manifest.write(text).apply()
    manifest.write("").apply()
    with app.app_context():
        assert clients.count_clients() == 0
    manifest.write(text).apply()
    assert manifest.exported() == text


def test_no_secret_is_ever_exported(manifest, command_line, app):
    value = command_line.json(client, "add", "--name", "A", "--redirect-uri", "https://a.example/")["client_secret"]
    text = manifest.exported()
    with app.app_context():
        digests = [row.digest for each in clients.list_clients() for row in clients.list_secrets(each.id)]
    assert digests
    for secret in (value, value[-4:], *digests):
        assert secret not in text


def test_a_new_house_exports_nothing_but_a_heading(manifest):
    assert tomllib.loads(manifest.exported()) == {}


def test_an_export_to_a_file_is_the_same(manifest, command_line):
    manifest.write(WHOLE).apply()
    text = manifest.exported()
    assert command_line.run(export, "--output", manifest.path).exit_code == 0
    assert manifest.path.read_text() == text


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.recursive(
            st.text(st.characters(exclude_categories=["Cs"])) | st.booleans() | st.integers(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
            max_leaves=8,
        ),
    )
)
def test_whatever_is_written_is_read_again(values):
    text = "\n".join(exporting._line(name, value) for name, value in values.items())
    assert tomllib.loads(text) == values


def test_the_example_of_the_manual_is_a_manifest(manifest, monkeypatch):
    page = pathlib.Path(__file__).parents[2] / "docs" / "how-to" / "configuration-as-a-file.md"
    monkeypatch.setenv("SHOP_SECRET", "a secret of the manual, long enough")
    monkeypatch.setenv("CRM_SECRET", "whsec_" + base64.b64encode(bytes(32)).decode())
    manifest.write(page.read_text().partition("```toml\n")[2].partition("```")[0]).apply()
    assert manifest.plan() == {"changes": [], "notes": []}
