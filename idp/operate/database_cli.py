"""`idp db`: the schema of the database."""

import click

from idp.core.cli import FAILED, emit, fail, json_option, with_app
from idp.operate import init, schema


@click.group()
def db() -> None:
    r"""Look at the database schema, bring it up to date, and keep copies of the database.

    \b
    Examples:
      idp db current
      idp db upgrade
      idp db backup idp-copy.tar
      idp db restore idp-copy.tar
    """


@db.command()
@json_option
@with_app
def current(as_json: bool) -> None:
    r"""Say where the schema stands.

    \b
    Example:
      idp db current
    """
    state = schema.find_state()
    data = {"current": state.current, "head": state.head, "pending": state.pending, "is_current": state.is_current}
    emit(data, as_json=as_json, human=state.describe())


@db.command()
@json_option
@with_app
def upgrade(as_json: bool) -> None:
    r"""Run the migrations that are missing; safe to repeat, and to start on several machines at once.

    The built-in roles of a house that is set up get the permissions that the new version brings.

    \b
    Example:
      idp db upgrade
    """
    count = schema.upgrade()
    init.renew_roles()
    emit({"migrations": count}, as_json=as_json, human=f"{count} migrations run." if count else "Nothing to do.")


@db.command()
@json_option
@with_app
def check(as_json: bool) -> None:
    r"""Compare the tables with what the code expects.

    \b
    Example:
      idp db check
    """
    state = schema.find_state()
    if not state.is_current:
        fail(f"{state.describe()}. Run: idp db upgrade", FAILED)
    found = [str(difference) for difference in schema.differences()]
    if found:
        fail(f"the tables differ from the code: {'; '.join(found)}", FAILED)
    emit({"ok": True}, as_json=as_json, human="The tables are what the code expects.")


@db.command()
@click.argument("what")
@with_app
def revision(what: str) -> None:
    r"""Write a new migration from the difference between models and tables (for developers).

    \b
    Example:
      idp db revision "a column for nicknames"
    """
    state = schema.find_state()
    if not state.is_current:
        fail(f"{state.describe()}. Run: idp db upgrade", FAILED)
    click.echo(schema.write_revision(what))
