"""`idp config`: show, check and explain the settings."""

import json
from datetime import timedelta
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from idp.core.cli import CONFIG, emit, fail, json_option
from idp.core.settings import Settings
from idp.operate.config_problems import describe, find_problems
from idp.operate.settings_view import all_settings, duration, mask, origin_of, plain, value_of

_DURATION = r"^\d+(\.\d+)?\s*(ms|s|m|h|d|w)?$"


@click.group()
def config() -> None:
    r"""Show, check and explain the settings.

    \b
    Examples:
      idp config check
      idp config show --origin
      idp config example > idp.toml
    """


@config.command()
@json_option
def check(as_json: bool) -> None:
    """List everything that would keep a server from starting."""
    problems = find_problems()
    if as_json:
        emit({"ok": not problems, "problems": problems}, as_json=True)
    elif problems:
        for problem in problems[:-1]:
            click.echo(f"idp: {problem}", err=True)
    if problems:
        fail(problems[-1], CONFIG)
    if not as_json:
        click.echo("The configuration is fine.")


@config.command()
@click.option("--origin", is_flag=True, help="Say where each value comes from.")
@json_option
def show(origin: bool, as_json: bool) -> None:
    """Print every setting as it is now, without passwords."""
    try:
        values = Settings()
    except ValidationError as error:
        fail("; ".join(describe(error)), CONFIG)
    rows = [
        {"name": each.name, "value": mask(each.name, plain(value_of(values, each.name))), "origin": origin_of(each)}
        for each in all_settings()
    ]
    emit(rows if origin else [_without_origin(row) for row in rows], as_json=as_json, human=_table)


@config.command()
def schema() -> None:
    """Print the JSON Schema of idp.toml, for editors."""
    click.echo(json.dumps(json_schema(), indent=2))


@config.command()
def example() -> None:
    """Print a commented idp.toml with every setting at its default."""
    click.echo(example_file(), nl=False)


def json_schema() -> dict[str, Any]:
    """Describe idp.toml, with durations as people write them."""
    document = Settings.model_json_schema()
    for place in [document, *document["$defs"].values()]:
        for field in place["properties"].values():
            if field.pop("format", None) == "duration":
                field["pattern"] = _DURATION
                field["default"] = duration(TypeAdapter(timedelta).validate_python(field["default"]))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | document


def example_file() -> str:
    """Write every setting as a comment, with its meaning and its default."""
    lines = ["# Settings of idp. Every value here is the default: take the # away and change it.", ""]
    section = ""
    for setting in sorted(all_settings(), key=lambda each: "." in each.name or each.kind == "table"):
        head, _, key = setting.name.rpartition(".")
        if setting.kind == "table":
            lines += [f"[{key}]", f"# {setting.description}", '# par = "on"', ""]
            continue
        if head != section:
            section = head
            lines += [f"[{section}]"]
        lines += [
            f"# {setting.description} ({setting.kind}; {setting.variable})",
            f"# {key} = {setting.default_text}",
            "",
        ]
    return "\n".join(lines)


def _without_origin(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "origin"}


def _table(rows: list[dict[str, Any]]) -> str:
    width = max(len(row["name"]) for row in rows) + 2
    return "\n".join(
        f"{row['name']:<{width}}{_cell(row['value']):<44} {row.get('origin', '')}".rstrip() for row in rows
    )


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={_cell(state)}" for name, state in value.items()) or "-"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    return "-" if value in (None, "") else str(value)
