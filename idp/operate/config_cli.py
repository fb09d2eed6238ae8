"""`idp config`: show, check and explain the settings."""

import json
from datetime import timedelta
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from idp.accounts.email import mails
from idp.accounts.models import User
from idp.accounts.service import get_by_name
from idp.audit_purge import service as audit_purge
from idp.audit_purge.service import RETENTION
from idp.core.cli import CONFIG, FAILED, ask, emit, fail, json_option, with_app, yes_option
from idp.core.configuration.view import all_settings, duration, mask, origin_of, plain, value_of
from idp.core.features import enabled
from idp.core.settings import Settings, settings
from idp.oauth.features import FEATURES
from idp.operate.config_problems import describe, find_problems
from idp.stored_settings import service
from idp.stored_settings.catalogue import CHOICES
from idp.stored_settings.checks import as_text, read

_DURATION = r"^\d+(\.\d+)?\s*(ms|s|m|h|d|w)?$"


@click.group()
def config() -> None:
    r"""Show, check and explain the settings.

    \b
    Examples:
      idp config check
      idp config show --origin
      idp config example > idp.toml
      idp config set tokens.access 5m
      idp config reset tokens.access
    """


@config.command()
@json_option
def check(as_json: bool) -> None:
    r"""List everything that would keep a server from starting.

    \b
    Example:
      idp config check
    """
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
@click.pass_context
def show(context: click.Context, origin: bool, as_json: bool) -> None:
    r"""Print every setting as it is now, without passwords.

    \b
    Example:
      idp config show --origin
    """
    try:
        values, stored = _present(context)
    except ValidationError as error:
        fail("; ".join(describe(error)), CONFIG)
    rows = [
        {
            "name": each.name,
            "value": mask(each.name, plain(value_of(values, each.name))),
            "origin": service.DATABASE if each.name in stored else origin_of(each),
        }
        for each in all_settings()
    ]
    emit(rows if origin else [_without_origin(row) for row in rows], as_json=as_json, human=_table)


@config.command()
@json_option
@with_app
def features(as_json: bool) -> None:
    r"""List the protocol features, each with its specification, and whether it is on.

    \b
    Example:
      idp config features
    """
    rows = [
        {"name": each.name, "specification": each.spec, "on": enabled(each), "can_be_turned_off": not each.always}
        for each in FEATURES
    ]
    emit(rows, as_json=as_json, human=_feature_table)


def _feature_table(rows: list[dict[str, Any]]) -> str:
    width = max(len(row["name"]) for row in rows)
    signs = {True: "on ", False: "off"}
    return "\n".join(f"{row['name']:<{width}}  {signs[row['on']]}  {row['specification']}" for row in rows)


@config.command("set")
@click.argument("name")
@click.argument("value")
@yes_option
@json_option
@with_app
def set_(name: str, value: str, yes: bool, as_json: bool) -> None:
    r"""Keep a setting in the database; every server has it within a second.

    \b
    Examples:
      idp config set tokens.access 5m
      idp config set accounts.registration invitation
    """
    choice = CHOICES.get(name)
    wanted = read(choice, value) if choice else value
    _ask(name, wanted, yes=yes)
    service.change({name: wanted}, explicit=True)
    _tell(name, as_json=as_json)


@config.command()
@click.argument("name")
@yes_option
@json_option
@with_app
def reset(name: str, yes: bool, as_json: bool) -> None:
    r"""Take a setting out of the database: idp.toml or the default holds again.

    \b
    Example:
      idp config reset tokens.access
    """
    _ask(name, service.value_without(name), yes=yes)
    service.reset([name])
    _tell(name, as_json=as_json)


@config.command("test-mail")
@click.argument("user", metavar="USER")
@click.option(
    "--now", "at_once", is_flag=True, help="Send it at once, and print the conversation with the mail server."
)
@json_option
@with_app
def test_mail(user: str, at_once: bool, as_json: bool) -> None:
    r"""Send a person a mail that says that mails arrive; the worker does it, or `--now` shows how it goes.

    \b
    Examples:
      idp config test-mail alice@example.com
      idp config test-mail alice@example.com --now
    """
    person = get_by_name(user)
    if at_once:
        _try_mail(person, as_json=as_json)
        return
    mails.try_out(person)
    emit({"to": person.email, "queued": True}, as_json=as_json, human=f"A test mail is on its way to {person.email}.")


def _try_mail(person: User, *, as_json: bool) -> None:
    dialogue = mails.try_out_now(person)
    emit(dialogue.as_dict(), as_json=as_json, human=_conversation)
    if not dialogue.sent:
        fail(str(dialogue.finding.says), FAILED)


def _conversation(data: dict[str, Any]) -> str:
    signs = {"us": ">", "server": "<", "note": "*"}
    lines = [f"{line['milliseconds']:>6} ms {signs[line['by']]} {line['text']}" for line in data["lines"]]
    return "\n".join([*lines, data["says"], data["advice"]])


@config.command()
def schema() -> None:
    r"""Print the JSON Schema of idp.toml, for editors.

    \b
    Example:
      idp config schema > idp.schema.json
    """
    click.echo(json.dumps(json_schema(), indent=2))


@config.command()
def example() -> None:
    r"""Print a commented idp.toml with every setting at its default.

    \b
    Example:
      idp config example > idp.toml
    """
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


def _present(context: click.Context) -> tuple[Settings, dict[str, Any]]:
    """Return the settings, and those of them that the database holds where it can be asked."""
    config = Settings()
    if config.problems():
        return config, {}
    try:
        app = context.find_root().obj["create_app"]()
        with app.app_context():
            return settings(), service.stored_values()
    except SQLAlchemyError as error:
        click.echo(f"idp: the database is not asked: {type(error).__name__}", err=True)
        return config, {}


def _ask(name: str, value: object, *, yes: bool) -> None:
    """Ask before events go that are kept for a shorter time."""
    if name == RETENTION and (count := audit_purge.count_under(value)):
        told = f"Events older than that: {count}. They are purged within the hour, for good."
        ask(f"Keep events for {as_text(value)}?", [told], yes=yes)


def _tell(name: str, *, as_json: bool) -> None:
    line = service.find_line(name)
    data = {"name": name, "value": line.text, "origin": line.origin}
    emit(data, as_json=as_json, human=f"{name} is {line.text or '-'} ({line.origin}).")


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
