"""`idp init` and a bad start: what must be there is made once, and never a second key silently."""

import stat

import pytest

from idp.access import catalogue
from idp.access.permissions import BUILT_IN_ROLES, PERMISSIONS
from idp.operate.demonstration import credentials
from idp.operate.serving.development import KEYS_MARK


def test_init_makes_schema_keys_and_roles_and_says_so(house):
    steps = [step["what"] for step in house.answer("init")]
    assert steps == ["Database", "Key-encryption key", "Signing key"]
    assert house.answer("db", "current")["is_current"]


def test_a_second_init_changes_nothing(ready):
    key = (ready.keys / "kek-0001.key").read_text()
    assert ready.answer("init") == []
    assert (ready.keys / "kek-0001.key").read_text() == key
    assert len(ready.answer("key", "list")) == 1


def test_an_upgrade_brings_new_permissions_to_a_house_that_is_set_up(house, monkeypatch):
    roles = {name: (title, held - {"admin.users.help"}) for name, (title, held) in BUILT_IN_ROLES.items()}
    with monkeypatch.context() as earlier:
        earlier.setattr(catalogue, "PERMISSIONS", {name: name for name in PERMISSIONS if name != "admin.users.help"})
        earlier.setattr(catalogue, "BUILT_IN_ROLES", roles)
        house.answer("init")
    assert "admin.users.help" not in house.idp("role", "show", "support", "--json").stdout
    assert house.answer("db", "upgrade") == {"migrations": 0}
    assert "admin.users.help" in house.idp("role", "show", "support", "--json").stdout
    told = house.answer("audit", "list", "--event", "role.permission_added")
    assert {(one["subject"], one["detail"]["permission"]) for one in told} == {
        (f"role:{name}", "admin.users.help") for name in ("owner", "admin", "support")
    }


def test_an_upgrade_makes_no_roles_where_nothing_is_set_up(house):
    house.answer("db", "upgrade")
    assert house.answer("role", "list") == []


def test_the_key_encryption_key_is_readable_by_its_owner_only(ready):
    assert stat.S_IMODE((ready.keys / "kek-0001.key").stat().st_mode) == 0o600


def test_f17_a_lost_key_encryption_key_is_never_replaced_by_a_new_one(ready):
    (ready.keys / "kek-0001.key").unlink()
    result = ready.idp("init")
    assert result.exit_code == 5
    assert "Restore kek-0001.key from your backup" in result.stderr
    assert not list(ready.keys.glob("kek-*"))


def test_f17_another_key_encryption_key_is_refused(ready, tmp_path):
    other = tmp_path / "other"
    assert ready.idp("init", IDP_KEYS_DIR=str(other), IDP_STATE_DIR=str(tmp_path / "elsewhere")).exit_code == 0
    for words in (("init",), ("serve", "--port", str(ready.port))):
        result = ready.idp(*words, IDP_KEYS_DIR=str(other))
        assert result.exit_code == 5, result.output
        assert "does not open with this key-encryption key" in result.stderr


def test_f17_a_key_that_others_can_read_is_refused(ready):
    (ready.keys / "kek-0001.key").chmod(0o644)
    result = ready.idp("serve", "--port", str(ready.port))
    assert result.exit_code == 5
    assert "chmod 600" in result.stderr


def test_f17_an_unreachable_database_is_told_in_one_line(house):
    for words in (
        ["init"],
        ["serve", "--port", str(house.port)],
        ["serve", "--dev", "--port", str(house.port)],
        ["worker"],
    ):
        result = house.idp(*words, IDP_DATABASE__URL="postgresql://idp@127.0.0.1:1/idp")
        assert result.exit_code == 6, words
        assert result.stderr.startswith("idp: cannot reach the database")
        assert "Traceback" not in result.output


def test_f17_a_schema_that_is_not_there_is_refused_with_its_fix(house):
    result = house.idp("serve", "--port", str(house.port))
    assert result.exit_code == 5
    assert "no schema yet. Run: idp init" in result.stderr


def test_f17_a_schema_newer_than_the_code_is_refused(ready):
    import sqlite3

    with sqlite3.connect(ready.state / "idp.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffff'")
    connection.close()
    result = ready.idp("serve", "--port", str(ready.port))
    assert result.exit_code == 5
    assert "newer than this version" in result.stderr


def test_demo_data_is_refused_in_production(house):
    result = house.idp(
        "init", "--demo", IDP_MODE="production", IDP_ISSUER="https://id.example.com", IDP_MAIL__URL="smtps://m"
    )
    assert result.exit_code == 5
    assert "development mode only" in result.stderr


def test_the_demo_has_people_apps_and_random_passwords(house):
    assert [step["what"] for step in house.answer("init", "--demo")][-1] == "Demo data"
    shown = house.answer("demo", "credentials")
    assert [person["email"] for person in shown["people"]] == [
        "alice@example.com",
        "bob@example.com",
        "carol@example.com",
    ]
    assert {app["client_id"] for app in shown["apps"]} == {"demo-web", "demo-machine", "demo-api"}
    assert stat.S_IMODE(credentials.path_in(house.state).stat().st_mode) == 0o600
    assert house.answer("init", "--demo") == []


def test_the_demo_comes_back_with_a_new_database(house):
    house.answer("init", "--demo")
    (house.state / "idp.db").unlink()
    (house.keys / "kek-0001.key").unlink()
    assert "Demo data" in [step["what"] for step in house.answer("init", "--demo")]
    assert house.answer("client", "show", "demo-web")["client_id"] == "demo-web"


def test_passwords_that_were_lost_are_made_anew(house):
    house.answer("init", "--demo")
    credentials.path_in(house.state).unlink()
    assert [step["what"] for step in house.answer("init", "--demo")] == ["Demo data"]
    assert len(house.answer("demo", "credentials")["people"]) == 3


def test_demo_reset_gives_new_passwords_and_keeps_the_people(house):
    house.answer("init", "--demo")
    before = house.answer("demo", "credentials")
    house.answer("demo", "reset", "--yes")
    after = house.answer("demo", "credentials")
    assert [person["email"] for person in before["people"]] == [person["email"] for person in after["people"]]
    assert before["apps"] != after["apps"]


@pytest.mark.parametrize("left", ["demo", "keys"])
def test_production_refuses_what_development_left(house, left):
    house.answer("init", *(["--demo"] if left == "demo" else []))
    if left == "demo":
        (house.keys / KEYS_MARK).unlink()
        credentials.path_in(house.state).unlink()
    result = house.idp(
        "serve", "--port", str(house.port), IDP_MODE="production", IDP_ISSUER="https://id.example.com",
        IDP_MAIL__URL="smtps://mail.example.com",
    )  # fmt: skip
    assert result.exit_code == 5
    assert {"demo": "demo data", "keys": "made in development"}[left] in result.stderr


def test_production_refuses_the_outbox(ready):
    result = ready.idp("serve", IDP_MODE="production", IDP_ISSUER="https://id.example.com")
    assert result.exit_code == 5
    assert "development outbox" in result.stderr


def test_development_does_not_listen_beyond_this_machine(ready):
    result = ready.idp("serve", "--host", "0.0.0.0", "--port", str(ready.port))
    assert result.exit_code == 5
    assert "--i-know" in result.stderr


def test_a_development_issuer_is_this_machine_or_https(ready):
    result = ready.idp("serve", "--port", str(ready.port), IDP_ISSUER="http://id.example.com")
    assert result.exit_code == 5
    assert "not https" in result.stderr
