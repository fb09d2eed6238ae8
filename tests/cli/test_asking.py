"""Commands that take something away ask in one manner, and do nothing on a no."""

import pathlib

import click
import pytest
from click.testing import CliRunner

import idp
from idp.authn.cli import mfa
from idp.cli import main

IDP = pathlib.Path(idp.__file__).parent
ALICE = "alice@example.com"


def test_only_one_function_asks():
    asking = {path.relative_to(IDP).as_posix() for path in IDP.rglob("*.py") if "click.confirm(" in path.read_text()}
    assert asking == {"core/cli.py"}


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_a_no_leaves_everything_as_it_is(command_line, factory, answer):
    factory.user(ALICE)
    result = command_line.run(mfa, "reset", ALICE, "--reason", "lost the phone", stdin=answer)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.endswith("idp: nothing was changed\n")


def test_the_demo_asks_on_the_other_stream(app):
    result = CliRunner().invoke(main.get_command(click.Context(main), "demo"), ["reset"], input="n\n",
                                obj={"create_app": lambda: app})  # fmt: skip
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("idp: nothing was changed\n")
