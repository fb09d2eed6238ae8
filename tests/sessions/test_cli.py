"""`idp user sessions`: an administrator looks and ends."""

import pytest
from click.testing import CliRunner

from idp.cli import main
from idp.sessions.cli import sessions
from tests.actors import Browser

ALICE = "alice@example.com"


@pytest.fixture
def signed_in(app, factory):
    factory.user(ALICE)
    browsers = [Browser(app) for _number in range(2)]
    for browser in browsers:
        browser.sign_in(ALICE)
    return browsers


def is_in(browser):
    browser.get("/account")
    return browser.path == "/account"


def test_sessions_are_listed_without_their_secrets(command_line, signed_in):
    rows = command_line.json(sessions, "list", ALICE)
    assert len(rows) == 2
    assert rows[0]["amr"] == ["pwd"]
    assert signed_in[0].cookie("session") not in str(rows)
    assert command_line.run(sessions, "list", ALICE).output.count("\n") == 2


def test_revoking_signs_a_person_out_everywhere(command_line, signed_in):
    assert command_line.json(sessions, "revoke", ALICE)["ended"] == 2
    assert [is_in(browser) for browser in signed_in] == [False, False]
    assert "No live sessions." in command_line.run(sessions, "list", ALICE).output


def test_revoking_one_session_leaves_the_others(command_line, signed_in):
    newest = command_line.json(sessions, "list", ALICE)[0]["id"]
    assert command_line.json(sessions, "revoke", ALICE, "--session", newest)["ended"] == 1
    assert sorted(is_in(browser) for browser in signed_in) == [False, True]


def test_a_session_of_somebody_else_is_not_found(command_line, signed_in, factory):
    factory.user("bob@example.com")
    session_id = command_line.json(sessions, "list", ALICE)[0]["id"]
    command_line.refused(sessions, "revoke", "bob@example.com", "--session", session_id, code=3)
    command_line.refused(sessions, "revoke", "nobody@example.com", code=3)
    assert all(is_in(browser) for browser in signed_in)


def test_the_commands_are_a_part_of_idp_user():
    assert "revoke" in CliRunner().invoke(main, ["user", "sessions", "--help"]).output


def test_without_a_person_everybodys_sessions_are_listed_in_pages(command_line, factory, arrange):
    alice, bob = factory.user("first@example.com"), factory.user("second@example.com")
    made = [arrange.session(person) for person in (alice, bob, alice)]
    risky = arrange.session(bob, risky=True)
    rows = command_line.json(sessions, "list", "--limit", 2)
    assert [(row["id"], row["user"]) for row in rows] == [(risky, bob), (made[2], alice)]
    rest = command_line.json(sessions, "list", "--after", rows[-1]["id"])
    assert [row["id"] for row in rest] == [made[1], made[0]]
    assert [row["id"] for row in command_line.json(sessions, "list", "--risky")] == [risky]
    assert command_line.json(sessions, "list", "first@example.com", "--risky") == []
