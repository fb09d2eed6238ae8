"""`idp import users` and `idp export users`: many people at once."""

from pathlib import Path
from typing import Any

import click

from idp.accounts.importing import exporting, service
from idp.accounts.importing.problems import UnfitFile
from idp.accounts.listing import STATES, Wanted
from idp.accounts.service import find_named
from idp.core.cli import CONFLICT, FAILED, NOT_FOUND, USAGE, emit, fail, json_option, with_app
from idp.jobs import service as jobs
from idp.jobs.models import Job

_NEWS_EVERY = 500


@click.group("import")
def import_() -> None:
    r"""Bring many things in at once.

    \b
    Examples:
      idp import users people.csv --dry-run
      idp import users people.jsonl --invite --json
    """


@import_.command("users")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--invite", is_flag=True, help="Mail an invitation to those who come without a password.")
@json_option
@with_app
def import_users(file: Path, dry_run: bool, invite: bool, as_json: bool) -> None:
    r"""Import people from CSV, JSON or JSON Lines; who is there already is brought up to date.

    People are known again by the column external_id where it is given, and else by address; with it, an address may
    change. A run that is killed is finished by the server's worker, or by running the same file again. Leaves with 1
    when a row could not be taken; the others are imported.

    \b
    Examples:
      idp import users people.csv --dry-run
      idp import users people.csv --invite
    """
    try:
        text = file.read_bytes()
        data = service.dry_run(text) if dry_run else _run(service.hand_in(text, invite=invite), as_json=as_json)
    except UnfitFile as error:
        fail(f"{file}:{error.problem.line}: {error.problem.column} {error.problem.reason} {error.problem.fix}", USAGE)
    emit(data | {"dry_run": dry_run}, as_json=as_json, human=_page)
    if data["error"] or data.get("state") == jobs.FAILED:
        raise SystemExit(FAILED)


@click.command("users")
@click.argument("file", required=False, type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(exporting.FORMATS), help="By the name of the file, else CSV.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--search", help="Only those whose address, name, user name or external id begins like this.")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--role", help="Only those who hold this role.")
@click.option("--user", "names", multiple=True, help="Only this person, by address, user name or id; may be repeated.")
@json_option
@with_app
def export_users(
    file: Path | None, *, form: str | None, force: bool, as_json: bool, names: tuple[str, ...], **only: Any
) -> None:
    r"""Write people in the format of `idp import users`; passwords are never in it.

    \b
    Examples:
      idp export users people.csv
      idp export users --format jsonl --state disabled
      idp export users --user ann@example.com --user bob@example.com
    """
    wanted = Wanted(**{name: value for name, value in only.items() if value}, ids=_ids(names))
    form = form or (file.suffix.lstrip(".") if file else "json" if as_json else "csv")
    if form not in exporting.FORMATS:
        fail(f"choose one of --format {' '.join(exporting.FORMATS)}", USAGE)
    if file is None:
        for text in exporting.export_people(form, wanted):
            click.echo(text, nl=False)
        return
    if file.exists() and not force:
        fail(f"{file} is there already; --force writes over it", CONFLICT)
    with file.open("w", encoding="utf-8", newline="") as out:
        out.writelines(exporting.export_people(form, wanted))
    emit({"file": str(file), "format": form}, as_json=as_json, human=f"People are in {file}.")


def _ids(names: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the ids of people who are named, or None where nobody is."""
    found = find_named(names)
    if unknown := [name for name in names if name not in found]:
        fail(f"nobody is called {', '.join(unknown)}", NOT_FOUND)
    return tuple(user.id for user in found.values()) if names else None


def _run(draft: Job, *, as_json: bool) -> dict[str, Any]:
    """Do it here, or wait for the worker that has it; say now and then how far it has come."""
    said = 0

    def tell(job: Job) -> None:
        nonlocal said
        if not as_json and job.done >= said + _NEWS_EVERY:
            said = job.done
            click.echo(f"{job.done} of {job.total}", err=True)

    service.start(draft)
    return service.as_dict(jobs.finish(draft, tell))


def _page(data: dict[str, Any]) -> str:
    words = ("would create", "would update") if data["dry_run"] else ("created", "updated")
    lines = [f"line {one['line']}, {one['column']}: {one['reason']} {one['fix']}" for one in data["problems"]]
    counts = (
        f"{words[0]} {data['create']}, {words[1]} {data['update']}, unchanged {data['skip']}, errors {data['error']}"
    )
    return "\n".join([*lines, counts])
