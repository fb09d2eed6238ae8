"""The command `idp`: collects the commands of every slice; each is imported when it is used."""

import difflib
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

import click
from flask import Flask
from pydantic import ValidationError

from idp import ConfigurationError, __version__, create_app
from idp.core.cli import CONFIG, fail
from idp.core.db import db
from idp.operate.config_problems import describe, unknown_variables
from idp.operate.serving import development
from idp.stored_settings import live as stored_settings


@dataclass(frozen=True)
class Entry:
    """A command: its place, its one line of help, and the commands other slices add to it."""

    place: str
    says: str
    additions: tuple[str, ...] = ()


SECTIONS: dict[str, dict[str, Entry]] = {
    "Run": {
        "serve": Entry("idp.operate.cli:serve", "Start the server."),
        "worker": Entry("idp.operate.cli:worker", "Send mails, rotate keys and clean up, without serving."),
        "init": Entry("idp.operate.cli:init", "Prepare database, keys and built-in roles; safe to repeat."),
        "try": Entry("idp.operate.trying.cli:try_", "Sign in once from this terminal and check the token."),
        "doctor": Entry("idp.operate.doctor.cli:doctor", "Look for what is wrong, and say how to mend it."),
        "demo": Entry("idp.operate.demonstration.cli:demo", "The demo app and its people."),
        "version": Entry("idp.operate.cli:version", "Print the version."),
    },
    "Manage": {
        "user": Entry(
            "idp.accounts.cli:user",
            "People, their sessions and what they allowed apps.",
            ("idp.sessions.cli:sessions", "idp.authn.cli:mfa", "idp.oauth.cli:consent", "idp.portal.cli:data"),
        ),
        "client": Entry(
            "idp.clients.commands.clients:client",
            "The apps that sign people in.",
            ("idp.oauth.logout.cli:logouts", "idp.oauth.relying.cli:check", "idp.clients.commands.logos:logo"),
        ),
        "token": Entry(
            "idp.oauth.oversight.token_cli:token",
            "What tokens say, and would say, and their end.",
            ("idp.oauth.oversight.families_cli:family",),
        ),
        "role": Entry("idp.access.commands.roles:role", "Roles and who has them."),
        "group": Entry("idp.access.commands.groups:group", "Groups of people, and the roles they bring."),
        "api": Entry("idp.access.commands.apis:api", "APIs and what they let people do."),
        "api-key": Entry("idp.api_keys.cli:api_key", "Keys with which programs use the Admin API."),
        "webhook": Entry("idp.webhooks.cli:webhook", "Other servers that are told what happens here."),
        "key": Entry("idp.keyring.cli:key", "Signing keys and their rotation.", ("idp.sealing.cli:reseal",)),
        "import": Entry(
            "idp.accounts.importing.cli:import_",
            "Bring in many people from a file.",
            ("idp.accounts.importing.jobs_cli:list_imports", "idp.accounts.importing.jobs_cli:cancel_import"),
        ),
        "export": Entry(
            "idp.manifest.cli:export",
            "Write APIs, roles, groups, apps and more as a manifest, or people.",
            ("idp.accounts.importing.cli:export_users",),
        ),
        "plan": Entry("idp.manifest.cli:plan", "Show what a manifest would change."),
        "apply": Entry("idp.manifest.cli:apply", "Make it as a manifest says."),
        "audit": Entry(
            "idp.audit.cli:audit",
            "The audit trail: list, export, verify, purge.",
            (
                "idp.rollups.cli:recount",
                "idp.audit_files.cli:export",
                "idp.audit_files.cli:verify_export",
                "idp.audit_purge.cli:purge",
                "idp.audit_purge.cli:purges",
            ),
        ),
    },
    "Set up": {
        "config": Entry(
            "idp.operate.config_cli:config", "Show, check and explain the settings.", ("idp.brand.cli:logo",)
        ),
        "db": Entry(
            "idp.operate.database_cli:db",
            "The database: its schema, copies of it and the way back.",
            ("idp.operate.backup.cli:backup", "idp.operate.backup.cli:restore"),
        ),
    },
}
COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
WELCOME = f"""\
idp {__version__}, an OAuth 2 and OpenID Connect provider.

  idp serve --dev --demo   start a development server with demo people and a demo app
  idp try                  sign in once from this terminal and check the token
  idp user add             create a person
  idp client add           register an app
  idp doctor               see what to change before production

All commands: idp --help
"""


class Collected(click.Group):
    """A group whose commands live in the slices."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command when it is used."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = _load(entry.place)
        for place in entry.additions:
            addition = _load(place)
            if isinstance(command, click.Group) and addition.name not in command.commands:
                command.add_command(addition)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find a command, or say which one may have been meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], COMMANDS, n=1, cutoff=0.5)
            ctx.fail(f"there is no command `{args[0]}`." + (f" Did you mean `{close[0]}`?" if close else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by what they are for, without importing them."""
        del ctx
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.says) for name, entry in entries.items()])


@click.command(cls=Collected, invoke_without_command=True)
@click.version_option(__version__, prog_name="idp")
@click.pass_context
def main(context: click.Context) -> None:
    r"""Run and manage an OAuth 2 and OpenID Connect provider.

    \b
    Examples:
      idp serve --dev --demo
      idp user add --email alice@example.com --name "Alice Baker"
      idp client add --name "My app" --type web --redirect-uri https://app.example.com/callback

    Every command has --help, and --json where it answers. Exit codes: 0 ok, 1 failed check, 2 usage, 3 not found,
    4 conflict, 5 configuration, 6 database unreachable.
    """
    context.obj = {"create_app": application}
    if context.invoked_subcommand is None:
        click.echo(WELCOME, nl=False)


def application() -> Flask:
    """Make the application a command runs in; leave with one line a problem when the settings forbid it."""
    development.adopt()
    if problems := [*unknown_variables()]:
        _leave(problems)
    try:
        return _with_stored_settings(create_app())
    except ValidationError as error:
        _leave(describe(error))
    except ConfigurationError as error:
        _leave(str(error).splitlines())


def _with_stored_settings(app: Flask) -> Flask:
    """Let a command see what the console changed; where there is no database yet, it says so itself."""
    with app.app_context():
        stored_settings.refresh()
        db.engine.dispose()
    return app


def _leave(problems: list[str]) -> NoReturn:
    for problem in problems[:-1]:
        click.echo(f"idp: {problem}", err=True)
    fail(problems[-1], CONFIG)


def _load(place: str) -> click.Command:
    module, _, name = place.partition(":")
    command: click.Command = getattr(import_module(module), name)
    _keep_lines(command)
    return command


def _keep_lines(command: click.Command) -> None:
    r"""Turn the `\b` of raw docstrings into the character that tells Click to keep the lines as they are."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _keep_lines(inner)


_keep_lines(main)

if __name__ == "__main__":
    main()
