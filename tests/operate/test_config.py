"""The settings: shown with their origin, checked all at once, explained."""

import json
import re
import sqlite3
import tomllib

from sqlalchemy.exc import IntegrityError

from idp.core.cli import is_unreadable
from idp.core.configuration.view import all_settings
from idp.core.settings import Settings
from idp.operate.config_cli import example_file


def test_all_problems_are_listed_at_once_and_not_only_the_first(house):
    result = house.idp("config", "check", IDP_MODE="production", IDP_ISSUER="http://id.example.com")
    assert result.exit_code == 5
    assert "issuer is not https" in result.stderr
    assert "mail.url is the development outbox" in result.stderr


def test_a_slip_in_a_section_of_the_file_names_line_and_suggestion(house):
    (house.folder / "idp.toml").write_text('[tokens]\ncode = "30s"\n\n[sesions]\nidle = "5m"\n')
    result = house.idp("config", "check")
    assert result.exit_code == 5
    assert "`sesions` in idp.toml:4 is not a setting. Did you mean `sessions`?" in result.stderr


def test_a_slip_in_a_key_of_the_file_names_line_and_suggestion(house):
    (house.folder / "idp.toml").write_text('[sessions]\nidel = "5m"\n')
    result = house.idp("config", "check")
    assert "`sessions.idel` in idp.toml:2 is not a setting. Did you mean `sessions.idle`?" in result.stderr


def test_a_slip_in_a_variable_is_refused_and_not_ignored(house):
    result = house.idp("config", "check", IDP_SESIONS__IDLE="5m")
    assert result.exit_code == 5
    assert "IDP_SESIONS__IDLE is not a setting. Did you mean IDP_SESSIONS__IDLE?" in result.stderr


def test_a_wrong_value_says_what_came_and_what_was_wanted(house):
    result = house.idp("config", "check", IDP_PROXY__HOPS="many")
    assert result.exit_code == 5
    assert "`proxy.hops` is 'many'" in result.stderr
    assert "Wanted: number, for example 0." in result.stderr


def test_a_good_configuration_is_said_to_be_fine(house):
    assert house.idp("config", "check").exit_code == 0
    assert house.answer("config", "check") == {"ok": True, "problems": []}


def test_show_never_prints_a_password(house):
    result = house.idp("config", "show", IDP_DATABASE__URL="postgresql://idp:hunter2-secret@db/idp")
    assert "hunter2-secret" not in result.output
    assert "postgresql://idp:***@db/idp" in result.output


def test_a_password_in_the_wrong_place_is_not_printed(house):
    (house.folder / "idp.toml").write_text('mail = "smtp://idp:hunter2-secret@mail.example.com"\n')
    result = house.idp("config", "check")
    assert result.exit_code == 5
    assert "hunter2" not in result.output + result.stderr
    assert "`mail` in idp.toml:1 is" in result.stderr


def test_show_says_where_each_value_comes_from(house):
    (house.folder / "idp.toml").write_text('[tokens]\ncode = "30s"\n')
    secret = house.folder / "sender"
    secret.write_text("Door <door@example.com>\n")
    rows = house.answer("config", "show", "--origin", IDP_MAIL__SENDER_FILE=str(secret))
    found = {row["name"]: (row["value"], row["origin"]) for row in rows}
    assert found["tokens.code"] == ("30s", "idp.toml:2")
    assert found["issuer"][1] == "IDP_ISSUER"
    assert found["mail.sender"] == ("Door <door@example.com>", f"IDP_MAIL__SENDER_FILE ({secret})")
    assert found["tokens.access"] == ("10m", "default")


def test_the_features_of_the_protocol_are_listed(ready):
    rows = {row["name"]: row for row in ready.answer("config", "features")}
    assert rows["device_flow"]["specification"] == "RFC 8628"
    assert rows["device_flow"]["on"] is True
    assert ready.answer("config", "features", IDP_FEATURES__DEVICE_FLOW="off") != list(rows.values())
    assert "RFC 8628" in ready.idp("config", "features").output


def test_the_example_file_holds_the_defaults(house):
    text = example_file()
    house.folder.joinpath("idp.toml").write_text(text)
    with_its_values = re.sub(r'(?m)^# (\w+ = (?!"…"))', r"\1", text)
    assert Settings.model_validate(tomllib.loads(with_its_values)).model_dump(
        exclude={"features"}
    ) == Settings().model_dump(exclude={"features"})
    assert all(setting.variable in text for setting in all_settings() if setting.kind != "table")


def test_the_schema_takes_durations_as_people_write_them(house):
    schema = json.loads(house.idp("config", "schema").stdout)
    idle = schema["$defs"]["Sessions"]["properties"]["idle"]
    assert idle["default"] == "30m"
    assert "format" not in idle
    assert schema["properties"]["issuer"]["description"]


def test_every_setting_says_what_it_is_for():
    assert not [setting.name for setting in all_settings() if len(setting.description) < 15]


def test_a_file_that_is_no_database_is_told_in_words(ready):
    (ready.state / "idp.db").write_bytes(b"no database at all" * 300)
    (ready.state / "idp.db-wal").unlink(missing_ok=True)
    result = ready.idp("db", "current")
    assert (result.exit_code, result.stdout) == (6, "")
    assert result.stderr == "idp: the database cannot be read: file is not a database\n"


def test_what_a_rule_refuses_is_no_unreadable_database():
    assert not is_unreadable(IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE")))
