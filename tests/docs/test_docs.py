"""The manual: generated pages are fresh, links lead somewhere, and what it shows is there."""

import ast
import importlib.util
import pathlib
import re

import click
import pytest

from idp.cli import COMMANDS, main

ROOT = pathlib.Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "keys" / "README.md"])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"(?m)^(?:\$ )?(?:\.venv/bin/)?idp ((?:[^\n\\]|\\\n)+)")


def generator():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks(page):
    return re.findall(r"(?ms)^```(\w*)\n(.*?)^```", page.read_text())


def test_the_reference_is_what_the_code_says():
    stale = [
        name
        for name, text in generator().generate().items()
        if (ROOT / "docs" / "reference" / name).read_text() != text
    ]
    assert not stale, f"run `make docs`: {stale}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page):
    lost = [
        target
        for target in LINK.findall(page.read_text())
        if not target.startswith(("http://", "https://", "#")) and not (page.parent / target.partition("#")[0]).exists()
    ]
    assert not lost


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_shown_exists_with_its_options(page):
    for _language, block in blocks(page):
        if page.name == "cli.md":
            continue
        for line in COMMAND.findall(block):
            check_command(line.replace("\\\n", " ").partition("#")[0].split(" && ")[0])


def check_command(line):
    command, context = main, click.Context(main, info_name="idp")
    words = re.findall(r'"[^"]*"|\S+', line)
    while words and isinstance(command, click.Group) and not words[0].startswith(("-", ">")):
        inner = command.get_command(context, words[0])
        assert inner is not None, f"idp {line}"
        command, words = inner, words[1:]
    known = {option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]}
    used = {word for word in words if word.startswith("--")}
    assert used <= known, f"idp {line}: {used - known}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_is_there(page):
    named = re.findall(r"`((?:idp|docs|tests|templates|migrations)/[\w./-]+|\.ci/\w+)`", page.read_text())
    missing = [path for path in named if not (ROOT / path).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_python_that_is_shown_is_python(page):
    for language, block in blocks(page):
        if language == "python":
            ast.parse(block)


def test_the_readme_is_short_and_names_the_two_commands():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 150
    assert "make run" in text
    assert "idp try" in text


def test_every_command_group_is_in_the_reference():
    text = (ROOT / "docs" / "reference" / "cli.md").read_text()
    assert not [name for name in COMMANDS if f"### idp {name}\n" not in text]


def test_make_alone_lists_every_target():
    text = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"\.PHONY: (.*)", text)[1].split()) - {"help", "clean"}
    assert not [target for target in targets if f"make {target}" not in text]
