"""The help of every command shows how it is typed, with options that are there."""

import re
import shlex

import click
import pytest

from idp.cli import main


def walk(command, context):
    """Every command that is shown, with the words it is called by."""
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        own = click.Context(inner, info_name=name, parent=context)
        if not inner.hidden:
            yield own.command_path, inner
            if isinstance(inner, click.Group):
                yield from walk(inner, own)


COMMANDS = dict(walk(main, click.Context(main, info_name="idp")))


def examples_of(command):
    """The lines of the examples, without what a shell does with them and without remarks."""
    _before, found, after = re.sub(r"(?m)^\s*\n", "", command.help or "").partition("Example")
    lines = after.splitlines()[1:] if found else []
    return [re.split(r" [<>|] | {4,}", line.strip())[0] for line in lines if line.strip().startswith("idp ")]


@pytest.mark.parametrize("path", COMMANDS)
def test_the_help_of_every_command_has_an_example_of_it(path):
    command = COMMANDS[path]
    assert "\b\n" in (command.help or ""), "its lines would be filled up as a paragraph"
    assert [line for line in examples_of(command) if f"{line} ".startswith(f"{path} ")]


@pytest.mark.parametrize("path", COMMANDS)
def test_what_an_example_names_is_there(path):
    for line in examples_of(COMMANDS[path]):
        words = shlex.split(line)
        called = next(" ".join(words[:end]) for end in range(len(words), 0, -1) if " ".join(words[:end]) in COMMANDS)
        command = COMMANDS[called]
        options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, line
        needed = [one for one in command.params if one.required and isinstance(one, click.Option)]
        assert all(set(one.opts) & set(words) for one in needed), line
