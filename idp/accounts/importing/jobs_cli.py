"""Commands of imports that were handed in before, parts of `idp import`."""

from typing import Any

import click

from idp.accounts.importing import service
from idp.core.cli import emit, json_option, with_app


@click.command("list")
@json_option
@with_app
def list_imports(as_json: bool) -> None:
    r"""List the newest imports, and how far they are.

    \b
    Example:
      idp import list --json
    """
    emit([service.as_dict(job) for job in service.recent()], as_json=as_json, human=_table)


@click.command("cancel")
@click.argument("job_id", metavar="IMPORT")
@json_option
@with_app
def cancel_import(job_id: str, as_json: bool) -> None:
    r"""Take an import back; who is imported already stays.

    \b
    Example:
      idp import cancel 01JD3Q0Z4N8V5K7T2M9X6C1B0A
    """
    service.cancel(service.get(job_id))
    emit(service.as_dict(service.get(job_id)), as_json=as_json, human=f"Import {job_id} is taken back.")


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No imports."
    lines = [f"{'IMPORT':<28} {'STATE':<10} DONE"]
    return "\n".join([*lines, *(f"{row['id']:<28} {row['state']:<10} {row['done']} of {row['total']}" for row in rows)])
