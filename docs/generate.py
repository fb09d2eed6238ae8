"""Write the generated pages of docs/reference from the code: `make docs`. A test fails when they are stale."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import click

from idp import create_app
from idp.access.permissions import ways_to
from idp.api.openapi import MEANINGS, nouns
from idp.api.routes import ROUTES, Route
from idp.audit.tags import Tag
from idp.cli import SECTIONS, main
from idp.core.configuration.view import Setting, all_settings
from idp.core.settings import Settings
from idp.oauth.errors import REFUSALS

FOLDER = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py (`make docs`). Edit the code it is made from. -->"
SETTINGS = f"""\
# Settings

{NOTE}

Order: defaults, `idp.toml`, secrets from files, environment. The file is `IDP_CONFIG`, `./idp.toml` or
`/etc/idp/idp.toml`. Every variable can be read from a file: `IDP_DATABASE__URL_FILE=/run/secrets/db`.
Durations are written `"90s"`, `"15m"`, `"24h"`, `"30d"`. Unknown names are refused.

`idp config example > idp.toml` writes all of this as a file, `idp config schema` its JSON Schema, and
`idp config show --origin` says what is in force and why.
"""
COMMANDS = f"""\
# Command line

{NOTE}

Data goes to standard output, everything else to standard error. `--json` gives answers for programs. Secrets are never
arguments: they come from standard input or a prompt. Every write is in the audit trail as `cli:<unix user>`.

| exit code | means |
|---|---|
| 0 | done |
| 1 | a check failed, or a rule said no |
| 2 | wrong usage |
| 3 | not found |
| 4 | conflict |
| 5 | the configuration is wrong |
| 6 | the database cannot be reached |
"""
ERRORS = f"""\
# Errors

{NOTE}

What the protocol endpoints refuse, and how to put it right. The `error_uri` of an answer points to its entry.
"""
EVENTS = f"""\
# Events

{NOTE}

What the audit trail records; the list is closed. Each event has time, actor, subject, app, session, request id, address
and browser. `idp audit list --event 'login.*'` reads them.

| event | recorded by |
|---|---|"""


API = f"""\
# Admin API

{NOTE}

Everything the console does, for programs, at `<issuer>/api/v1`. `/api/v1/docs` on your server shows it with examples,
`/api/v1/openapi.json` is the OpenAPI 3.1 document. [How to use it](../how-to/admin-api.md) tells how to begin.
«Fresh sign-in» means that a person's access token must come from one (RFC 9470); API keys need none.
"""


def settings_page() -> str:
    """Every setting: its name, variable, default and meaning."""
    sections: dict[str, list[Setting]] = {}
    for setting in all_settings():
        name = setting.name if setting.kind == "table" else setting.name.rpartition(".")[0]
        sections.setdefault(name, []).append(setting)
    lines = [SETTINGS]
    for name, settings in sections.items():
        lines += [f"## {name or 'General'}", "", "| setting | variable | default | meaning |", "|---|---|---|---|"]
        lines += [_row(setting) for setting in settings]
        lines.append("")
    return _text(lines)


def cli_page() -> str:
    """Every command with its help."""
    lines = [COMMANDS]
    context = click.Context(main, info_name="idp")
    for title, entries in SECTIONS.items():
        lines += [f"## {title}", ""]
        for name in entries:
            command = main.get_command(context, name)
            if command is not None:
                lines += _describe(command, _inside(context, command, name))
    return _text(lines)


def errors_page() -> str:
    """Every refusal of the protocol: its sentence, cause and fix."""
    lines = [ERRORS]
    for row in REFUSALS.values():
        lines += [f"## {row.anchor}", "", f"`{row.error}`, status {row.status}: «{row.description}»", ""]
        lines += [f"**Cause.** {row.cause}", "", f"**Fix.** {row.fix}", ""]
    return _text(lines)


def events_page() -> str:
    """Every event of the audit trail, and the slices that record it."""
    package = Path(inspect.getfile(Tag)).parents[1]
    sources = [(path.relative_to(package).parts[0], path.read_text()) for path in package.rglob("*.py")]
    lines = [EVENTS]
    for tag in Tag:
        used = re.compile(rf"\bTag\.{tag.name}\b")
        slices = sorted({name for name, text in sources if used.search(text)})
        lines.append(f"| `{tag.value}` | {', '.join(slices)} |")
    return _text(lines)


def api_page() -> str:
    """Every route of the Admin API."""
    lines = [
        API,
        "| status | says |",
        "|---|---|",
        *(f"| {status} | {says} |" for status, says in MEANINGS.items()),
        "",
    ]
    for noun in nouns():
        lines += [f"## {noun}", "", "| request | does | permission | event | answers |", "|---|---|---|---|---|"]
        lines += [_route(route) for route in ROUTES if route.noun == noun]
        lines.append("")
    return _text(lines)


PAGES = {
    "settings.md": settings_page, "cli.md": cli_page, "errors.md": errors_page, "events.md": events_page,
    "api.md": api_page,
}  # fmt: skip


def generate() -> dict[str, str]:
    """Return the text of every generated page."""
    # The slices add their rows when the application is made.
    create_app(Settings(mode="development", issuer="http://localhost:8000"))
    return {name: page() for name, page in PAGES.items()}


def _route(route: Route) -> str:
    marks = " (fresh sign-in)" if route.sudo else ""
    event = f"`{route.event.value}`" if route.event else ""
    permissions = " and ".join(" or ".join(f"`{one}`" for one in ways_to(name)) for name in route.permissions)
    cells = [f"`{route.method} {route.path}`", route.says, f"{permissions}{marks}", event]
    return "| " + " | ".join([*cells, ", ".join(str(status) for status in (route.status, *route.statuses))]) + " |"


def _row(setting: Setting) -> str:
    variable = setting.variable + ("__<NAME>" if setting.kind == "table" else "")
    default = "not set" if setting.default is None else f"`{setting.default_text}`"
    cells = [f"`{setting.name}`", f"`{variable}`", default, setting.description]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _describe(command: click.Command, context: click.Context) -> Iterator[str]:
    """Write a command, then the commands inside it."""
    if command.hidden:
        return
    yield from [f"### {context.command_path}", "", "```", command.get_help(context).rstrip(), "```", ""]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _describe(inner, _inside(context, inner, name))


def _inside(parent: click.Context, command: click.Command, name: str) -> click.Context:
    return click.Context(command, info_name=name, parent=parent, terminal_width=100, max_content_width=100)


def _text(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    for page, text in generate().items():
        (FOLDER / page).write_text(text)
        print(f"docs/reference/{page}")  # noqa: T201 - a tool for a terminal
