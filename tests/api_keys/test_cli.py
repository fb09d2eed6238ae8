"""`idp api-key`."""

import pytest

from idp.api_keys import cli

ANN = "ann@example.com"


@pytest.fixture
def ann(factory):
    return factory.user(ANN, roles=("auditor",))


def test_a_key_is_printed_once_listed_and_revoked(command_line, ann, app):
    made = command_line.json(
        cli.api_key, "add", ANN, "--label", "report", "--permission", "admin.audit.read", "--days", "9"
    )
    assert made["key"].startswith("idpk_")
    assert (made["last4"], made["permissions"]) == (made["key"][-4:], ["admin.audit.read"])
    listed = command_line.json(cli.api_key, "list", "--user", ANN)
    assert [row["id"] for row in listed] == [made["id"]]
    assert "key" not in listed[0]
    assert command_line.json(cli.api_key, "revoke", made["id"])["revoked_at"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", ANN, "--label", "x", "--permission", "admin.users.write"], 1),
        (["add", ANN, "--label", "x", "--permission", "nonsense"], 1),
        (["add", "who@example.com", "--label", "x", "--permission", "admin.audit.read"], 3),
        (["add", ANN, "--label", "x", "--permission", "admin.audit.read", "--days", "0"], 2),
        (["revoke", "nothing"], 3),
    ],
)
def test_what_cannot_be_is_said_by_the_exit_code(command_line, ann, arguments, code):
    assert command_line.run(cli.api_key, *arguments).exit_code == code
