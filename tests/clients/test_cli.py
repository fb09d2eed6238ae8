"""`idp client`: every flag, what it prints once, and what it refuses."""

import json

import pytest
from joserfc.jwk import ECKey, OctKey

from idp.audit.service import find_events
from idp.clients import service as clients
from idp.clients.commands.clients import client as group
from idp.core.secrets import digest

FAILED, USAGE, NOT_FOUND, CONFLICT = 1, 2, 3, 4
CALLBACK = "https://app.example.com/callback"
WEB = ("--name", "Shop", "--type", "web", "--redirect-uri", CALLBACK)


@pytest.fixture
def made(command_line):
    return command_line.json(group, "add", *WEB)


def key_file(folder, *keys):
    file = folder / "jwks.json"
    file.write_text(json.dumps({"keys": list(keys)}))
    return file


def test_add_prints_the_client_and_its_secret_once(command_line, made, context):
    assert made["client_name"] == "Shop"
    assert made["redirect_uris"] == [CALLBACK]
    assert made["grant_types"] == ["authorization_code", "refresh_token"]
    assert made["token_endpoint_auth_method"] == "client_secret_basic"
    assert made["scope"] == "openid profile email"
    assert made["require_pkce"] is True
    assert made["client_secret"].startswith("idps_")
    shown = command_line.json(group, "show", made["client_id"])
    assert "client_secret" not in shown
    assert made["client_secret"] not in command_line.run(group, "list").stdout
    assert clients.find_client(made["client_id"]).has_secret(made["client_secret"])


def test_every_flag_is_kept(command_line, tmp_path, context):
    made = command_line.json(
        group, "add", *WEB, "--client-id", "shop", "--redirect-uri", "http://localhost:5000/cb",
        "--post-logout-redirect-uri", "https://app.example.com/", "--grant", "authorization_code", "--grant",
        "client_credentials", "--auth-method", "client_secret_post", "--scope", "openid articles.read", "--api",
        "https://api.example.com", "--role", "editor", "--client-uri", "https://app.example.com/about", "--logo-uri",
        "https://app.example.com/logo.png", "--policy-uri", "https://app.example.com/p", "--tos-uri",
        "https://app.example.com/t", "--default-max-age", "600", "--access-lifetime", "300", "--first-party",
    )  # fmt: skip
    assert made["client_id"] == "shop"
    info = clients.find_client("shop")
    assert info.redirect_uris == (CALLBACK, "http://localhost:5000/cb")
    assert info.post_logout_redirect_uris == ("https://app.example.com/",)
    assert info.grant_types == {"authorization_code", "client_credentials"}
    assert info.token_endpoint_auth_method == "client_secret_post"
    assert info.scopes == {"openid", "articles.read"}
    assert (info.allowed_apis, info.allowed_roles) == ({"https://api.example.com"}, {"editor"})
    assert (info.client_uri, info.logo_uri) == ("https://app.example.com/about", "https://app.example.com/logo.png")
    assert (info.policy_uri, info.tos_uri) == ("https://app.example.com/p", "https://app.example.com/t")
    assert (info.default_max_age, info.access_lifetime, info.first_party) == (600, 300, True)


def test_keys_come_from_a_file(command_line, tmp_path, context):
    key = ECKey.generate_key("P-256", auto_kid=True)
    file = key_file(tmp_path, key.as_dict(private=False))
    made = command_line.json(
        group, "add", "--name", "M", "--type", "machine", "--auth-method", "private_key_jwt", "--jwks", file
    )
    assert "client_secret" not in made
    assert clients.find_client(made["client_id"]).signing_keys()[0]["kid"] == key.kid


def test_private_keys_in_the_file_are_refused(command_line, tmp_path):
    for key in (ECKey.generate_key("P-256").as_dict(private=True), OctKey.generate_key(256).as_dict(private=True)):
        file = key_file(tmp_path, key)
        line = command_line.refused(group, "add", *WEB, "--auth-method", "private_key_jwt", "--jwks", file, code=FAILED)
        assert "jwks" in line
        assert key.get("d", key.get("k")) not in line


def test_metadata_takes_the_names_of_the_wire(command_line, tmp_path, context):
    file = tmp_path / "metadata.json"
    file.write_text(json.dumps({
        "client_name": "Shop", "client_name#fr": "Boutique", "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "client_secret_post", "grant_types": ["authorization_code"],
        "response_types": ["code"], "scope": "openid email", "contacts": ["ops@example.com"], "software_id": "x",
    }))  # fmt: skip
    made = command_line.json(group, "add", "--metadata", file)
    assert (made["client_name"], made["client_name#fr"]) == ("Shop", "Boutique")
    assert made["contacts"] == ["ops@example.com"]
    assert made["scope"] == "openid email"
    over = command_line.json(group, "add", "--name", "Other", "--metadata", file, "--scope", "openid")
    assert (over["client_name"], over["scope"]) == ("Other", "openid")


def test_metadata_that_cannot_be_kept_is_refused_by_name(command_line, tmp_path):
    file = tmp_path / "metadata.json"
    for values, field in (
        ({"id_token_encrypted_response_alg": "RSA-OAEP"}, "id_token_encrypted_response_alg"),
        ({"nonsense": 1}, "nonsense"), ({"redirect_uris": ["javascript:alert(1)"]}, "redirect_uris"),
        ({"response_types": ["id_token"]}, "response_types"), ([], "metadata"),
    ):  # fmt: skip
        file.write_text(json.dumps(values))
        assert field in command_line.refused(group, "add", "--name", "x", "--metadata", file, code=FAILED)
    file.write_text("{")
    command_line.refused(group, "add", "--name", "x", "--metadata", file, code=USAGE)
    assert command_line.json(group, "list") == []


def test_pkce_is_lifted_with_a_warning_and_never_for_a_public_app(command_line):
    result = command_line.run(group, "add", *WEB, "--no-require-pkce", "--json")
    assert json.loads(result.stdout)["require_pkce"] is False
    assert "PKCE" in result.stderr
    line = command_line.refused(
        group, "add", "--name", "S", "--type", "spa", "--redirect-uri", CALLBACK, "--no-require-pkce", code=FAILED
    )
    assert "require_pkce" in line


def test_what_is_missing_is_said_where_nobody_can_be_asked(command_line):
    assert "--name" in command_line.refused(group, "add", code=USAGE)
    assert "--redirect-uri" in command_line.refused(group, "add", "--name", "x", code=USAGE)


def test_edit_replaces_what_is_given_and_leaves_the_rest(command_line, made, context):
    changed = command_line.json(group, "edit", made["client_id"], "--scope", "openid", "--name", "Store")
    assert (changed["client_name"], changed["scope"]) == ("Store", "openid")
    assert (changed["redirect_uris"], changed["version"]) == ([CALLBACK], 2)
    assert command_line.json(group, "edit", made["client_id"], "--first-party")["first_party"] is True
    assert command_line.json(group, "edit", made["client_id"], "--no-first-party")["first_party"] is False
    cleared = command_line.json(group, "edit", made["client_id"], "--clear", "scopes")
    assert cleared["scope"] == ""
    assert clients.find_client(made["client_id"]).has_secret(made["client_secret"])


def test_edit_refuses_what_add_refuses(command_line, made):
    command_line.refused(group, "edit", made["client_id"], "--redirect-uri", "http://app.example.com/", code=FAILED)
    command_line.refused(group, "edit", made["client_id"], "--clear", "redirect_uris", code=FAILED)
    command_line.refused(group, "edit", "unknown", "--name", "x", code=NOT_FOUND)
    assert command_line.json(group, "show", made["client_id"])["version"] == 1


def test_an_app_that_authenticates_otherwise_loses_its_secrets(command_line, made, tmp_path, context):
    key = ECKey.generate_key("P-256", auto_kid=True)
    file = key_file(tmp_path, key.as_dict(private=False))
    command_line.json(group, "edit", made["client_id"], "--auth-method", "private_key_jwt", "--jwks", file)
    assert command_line.json(group, "secret", "list", made["client_id"]) == []
    back = command_line.run(group, "edit", made["client_id"], "--auth-method", "client_secret_basic", "--clear", "jwks")
    assert back.exit_code == 0
    assert "no secret yet" in back.stderr
    assert not clients.find_client(made["client_id"]).has_secret(made["client_secret"])


def test_disable_enable_and_delete(command_line, made, context):
    client_id = made["client_id"]
    assert command_line.json(group, "disable", client_id)["enabled"] is False
    assert not clients.find_client(client_id).is_enabled
    assert command_line.json(group, "enable", client_id)["enabled"] is True
    assert command_line.run(group, "delete", client_id, stdin="n\n").exit_code == FAILED
    assert command_line.json(group, "delete", client_id, "--yes")["deleted"]
    for word in ("show", "disable", "enable", "delete"):
        command_line.refused(group, word, client_id, *(["--yes"] if word == "delete" else []), code=NOT_FOUND)
    assert clients.find_client(client_id) is None


def test_secrets_overlap_during_a_rotation(command_line, made, context):
    client_id = made["client_id"]
    (first,) = command_line.json(group, "secret", "list", client_id)
    second = command_line.json(group, "secret", "add", client_id, "--label", "2027", "--days", "30")
    info = clients.find_client(client_id)
    assert info.has_secret(made["client_secret"])
    assert info.has_secret(second["client_secret"])
    command_line.json(group, "secret", "remove", client_id, first["id"], "--yes")
    info = clients.find_client(client_id)
    assert not info.has_secret(made["client_secret"])
    assert info.has_secret(second["client_secret"])
    command_line.refused(group, "secret", "remove", client_id, second["id"], "--yes", code=CONFLICT)
    command_line.refused(group, "secret", "remove", client_id, first["id"], code=NOT_FOUND)
    listed = command_line.run(group, "secret", "list", client_id).stdout
    assert "2027" in listed
    assert second["client_secret"] not in listed
    assert second["client_secret"][-4:] in listed


def test_a_public_app_gets_no_secret(command_line):
    made = command_line.json(group, "add", "--name", "S", "--type", "spa", "--redirect-uri", CALLBACK)
    assert "client_secret" not in made
    command_line.refused(group, "secret", "add", made["client_id"], code=CONFLICT)
    command_line.refused(group, "secret", "add", "unknown", code=NOT_FOUND)


def test_people_read_the_secret_once_too(command_line, context):
    result = command_line.run(group, "add", *WEB)
    secret = next(line.split()[1] for line in result.stdout.splitlines() if line.startswith("client_secret"))
    client_id = next(line.split()[1] for line in result.stdout.splitlines() if line.startswith("client_id "))
    assert clients.find_client(client_id).has_secret(secret)
    assert secret not in command_line.run(group, "show", client_id).stdout


def test_no_secret_and_no_digest_is_recorded(command_line, made, context):
    command_line.json(group, "secret", "add", made["client_id"])
    text = json.dumps([event.detail for event in find_events(tag="client.*", limit=50)])
    assert made["client_secret"] not in text
    assert digest(made["client_secret"]) not in text


def test_a_taken_id_is_a_conflict(command_line, made):
    command_line.refused(group, "add", *WEB, "--client-id", made["client_id"], code=CONFLICT)
    for unfit in ("a", "a b", "x" * 201, "01J00000000000000000000000", "\u00e9\u00e9\u00e9", "../x"):
        command_line.refused(group, "add", *WEB, "--client-id", unfit, code=FAILED)


def test_snippets_hold_the_values_of_the_app_and_never_its_secret(command_line, made):
    client_id, secret = made["client_id"], made["client_secret"]
    flask = command_line.json(group, "snippet", client_id)
    assert flask["kind"] == "flask"
    assert client_id in flask["snippet"]
    assert secret not in flask["snippet"]
    assert command_line.run(group, "snippet", client_id).stdout.rstrip("\n") == flask["snippet"].rstrip("\n")
    for kind in flask["kinds"]:
        assert client_id in command_line.json(group, "snippet", client_id, "--kind", kind)["snippet"]
    wrong = command_line.run(group, "snippet", client_id, "--kind", "spa")
    assert wrong.exit_code == USAGE
    assert "flask, fastapi" in wrong.stderr
    assert command_line.run(group, "snippet", client_id, "--kind", "cobol").exit_code == USAGE
    assert command_line.run(group, "snippet", "nothing").exit_code == NOT_FOUND


def test_list_finds_apps_by_name_kind_and_state(command_line, made):
    other = command_line.json(group, "add", "--name", "Phone", "--type", "native", "--redirect-uri", "app.ex:/c")
    command_line.json(group, "disable", made["client_id"])

    def found(*words):
        return [row["client_id"] for row in command_line.json(group, "list", *words)]

    assert found("--search", "sho") == found("--state", "off") == found("--type", "web") == [made["client_id"]]
    assert found("--state", "on") == found("--type", "native") == [other["client_id"]]
    assert found("--unused") == []
    command_line.refused(group, "list", "--state", "odd", code=USAGE)
