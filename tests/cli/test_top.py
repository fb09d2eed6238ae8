"""The command `idp` itself: what it says, and what it says to slips."""

import pytest
from click.testing import CliRunner

from idp.cli import COMMANDS, main


def run(*words):
    return CliRunner().invoke(main, list(words))


def test_idp_alone_names_five_commands_a_newcomer_needs():
    result = run()
    assert result.exit_code == 0
    assert sum(line.startswith("  idp ") for line in result.output.splitlines()) == 5


def test_a_slip_is_met_with_a_suggestion():
    result = run("clinet", "list")
    assert result.exit_code == 2
    assert "there is no command `clinet`. Did you mean `client`?" in result.output


def test_the_list_names_every_command_with_one_line():
    output = run("--help").output
    for name, entry in COMMANDS.items():
        assert name in output
        assert entry.says in output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_can_be_loaded_and_explains_itself(name):
    result = run(name, "--help")
    assert result.exit_code == 0, result.output
    assert "\\b" not in result.output


def test_the_version_is_told():
    assert "0." in run("--version").output
    assert run("version").exit_code == 0
