"""What every command shares: application context, JSON output, errors as one line and an exit code."""

import functools
import getpass
import json
import sqlite3
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, NoReturn

import click
from flask import current_app
from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError, OperationalError

from idp.core.cipher import CipherError
from idp.core.context import CallContext, set_context
from idp.core.errors import DomainError

OK, FAILED, USAGE, NOT_FOUND, CONFLICT, CONFIG, UNREACHABLE = range(7)

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])

yes_option = click.option("--yes", is_flag=True, help="Don't ask.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application that the top command made; turn refusals into exit codes."""

    @functools.wraps(command)
    @click.pass_context
    def run(context: click.Context, /, *args: Any, **values: Any) -> Any:
        factory: Callable[[], Any] = context.find_root().obj["create_app"]
        try:
            app = factory()
            with (
                app.app_context(),
                app.test_request_context(base_url=app.extensions["idp.settings"].issuer or None),
            ):
                set_context(CallContext(actor=f"cli:{unix_user()}"))
                return command(*args, **values)
        except DomainError as error:
            fail(str(error.public), error.exit_code)
        except ValidationError as error:
            # What was given may be a password.
            said = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False))
            fail("\n".join(said), CONFIG)
        except CipherError as error:
            fail(str(error), CONFIG)
        except OperationalError as error:
            fail(f"cannot reach the database: {error.orig}", UNREACHABLE)
        except DatabaseError as error:
            if not is_unreadable(error):
                raise
            fail(f"the database cannot be read: {error.orig}", UNREACHABLE)

    return run


def emit(data: Any, *, as_json: bool, human: Callable[[Any], str] | str | None = None) -> None:
    """Print an answer: JSON for programs, text for people."""
    if as_json:
        click.echo(json.dumps(data, default=_plain, ensure_ascii=False, indent=2))
    elif callable(human):
        click.echo(human(data))
    else:
        click.echo(human if human is not None else json.dumps(data, default=_plain, ensure_ascii=False, indent=2))


def fail(message: str, code: int = FAILED) -> NoReturn:
    """Print one line on stderr and leave with a code."""
    click.echo(f"idp: {message}", err=True)
    raise SystemExit(code)


def read_secret(*, from_stdin: bool, prompt: str) -> str:
    """Read a secret from standard input or, on a terminal, by asking; never from an argument."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        fail(f"{prompt}: no terminal to ask on; send it on standard input", USAGE)
    value: str = click.prompt(prompt, hide_input=True, confirmation_prompt=True)
    return value


def ask(question: str, breaks: Iterable[Any] = (), *, yes: bool) -> None:
    """Say what breaks and ask whether to go on; leave where the answer is no. `yes` is whether it was given already."""
    if yes:
        return
    for line in breaks:
        click.echo(str(line), err=True)
    if not click.confirm(question, err=True):
        fail("nothing was changed")


def is_unreadable(error: DatabaseError) -> bool:
    """Tell whether an error says that SQLite's file is damaged or no database, and not that a statement was wrong."""
    return getattr(error.orig, "sqlite_errorcode", None) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def in_utc(value: datetime | None) -> datetime | None:
    """Return a moment that somebody typed, which is in UTC."""
    return value.replace(tzinfo=UTC) if value else None


def unix_user() -> str:
    """Return the name of the person at the keyboard, for the audit."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def application_settings() -> Any:
    """Return the settings of the application a command runs in."""
    return current_app.extensions["idp.settings"]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    return str(value)
