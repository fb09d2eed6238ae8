"""`idp export`, `idp plan` and `idp apply`: configuration as a file."""

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core.cli import CONFIG, FAILED, ask, emit, fail, json_option, with_app, yes_option
from idp.manifest import showing
from idp.manifest.applying import apply_plan
from idp.manifest.document import json_schema
from idp.manifest.exporting import export as export_manifest
from idp.manifest.planning import BadManifest, Plan, make_plan
from idp.manifest.reading import Document, Problem, Unreadable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write to this file.")
@click.pass_context
def export(context: click.Context, output: Path | None) -> None:
    r"""Write APIs, roles, groups, apps, webhooks and changed settings as a manifest. Secrets are not in it.

    \b
    Examples:
      idp export --output idp-manifest.toml
      idp export users people.csv
    """
    if context.invoked_subcommand is None:
        _export(output)


@with_app
def _export(output: Path | None) -> None:
    text = export_manifest()
    record(Tag.MANIFEST_EXPORTED)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@click.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--exit-code", is_flag=True, help="Leave with 1 when there are differences.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the manifest, for editors.")
@json_option
@with_app
def plan(file: Path | None, exit_code: bool, schema: bool, as_json: bool) -> None:
    r"""Show what a manifest would change: + create, ~ change, - delete. Nothing is changed.

    \b
    Example:
      idp plan idp-manifest.toml --exit-code
    """
    if schema:
        click.echo(json.dumps(json_schema(), indent=2))
        return
    if file is None:
        raise click.UsageError("Missing argument 'FILE'.")
    try:
        found = make_plan(_read(file, as_json=as_json))
    except BadManifest as error:
        _refuse(file, error.problems, as_json=as_json)
    emit(showing.as_data(found), as_json=as_json, human=showing.as_text(found))
    if exit_code and found.changes:
        raise SystemExit(FAILED)


@click.command()
@click.argument("file", type=_FILE)
@yes_option
@json_option
@with_app
def apply(file: Path, yes: bool, as_json: bool) -> None:
    r"""Make APIs, roles, groups, apps, webhooks and settings as a manifest says: all of it, or nothing.

    \b
    Example:
      idp apply idp-manifest.toml
    """
    try:
        document = _read(file, as_json=as_json)
        shown = make_plan(document, with_secrets=True)
        _ask(shown, yes=yes, as_json=as_json)
        apply_plan(document, shown)
    except BadManifest as error:
        _refuse(file, error.problems, as_json=as_json)
    done = {**showing.as_data(shown), "applied": True}
    emit(done, as_json=as_json, human="Applied." if shown.changes else "Nothing to change.")


def _ask(shown: Plan, *, yes: bool, as_json: bool) -> None:
    """Show a plan, and go on only when somebody says so; there is no question when nothing would change."""
    if not as_json:
        click.echo(showing.as_text(shown))
    if shown.changes:
        ask(f"{showing.summary(shown)} Apply?", yes=yes)


def _read(file: Path, *, as_json: bool) -> Document:
    try:
        return Document.read(file)
    except Unreadable as error:
        _refuse(file, [error.problem], as_json=as_json)


def _refuse(file: Path, problems: list[Problem], *, as_json: bool) -> NoReturn:
    """Leave with one line a problem, each with its place."""
    lines = [f"{file}:{problem.line}: {problem.says}" for problem in problems]
    if as_json:
        data: list[dict[str, Any]] = [{"line": problem.line, "says": problem.says} for problem in problems]
        emit({"ok": False, "problems": data}, as_json=True)
    for line in lines[:-1]:
        click.echo(f"idp: {line}", err=True)
    fail(lines[-1], CONFIG)
