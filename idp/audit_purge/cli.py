"""`idp audit purge` and `idp audit purges`."""

from datetime import datetime
from typing import Any

import click

from idp.audit import chain
from idp.audit.purging import Going
from idp.audit_purge import service
from idp.core.cli import FAILED, ask, emit, json_option, with_app, yes_option
from idp.jobs import service as jobs


@click.command()
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Purge what is before this day (UTC).")
@click.option("--dry-run", is_flag=True, help="Only count what would go.")
@yes_option
@json_option
@with_app
def purge(before: datetime, dry_run: bool, yes: bool, as_json: bool) -> None:
    r"""Delete old events for good; the chain still holds, and charts keep their numbers. Export them first.

    \b
    Examples:
      idp audit purge --before 2025-01-01 --dry-run
      idp audit purge --before 2025-01-01 --yes
    """
    while chain.seal_events():
        pass
    day = before.date()
    going = service.preview(day)
    if dry_run:
        told = {"before": day, "events": going.events, "first_at": going.first_at, "last_at": going.last_at}
        emit(told, as_json=as_json, human=_counted(going))
        return
    if going.events:
        ask(f"{_counted(going)} Delete them for good?", yes=yes)
    data = service.as_dict(service.run(service.start(day)))
    emit(data, as_json=as_json, human=_sentence)
    if data["state"] != jobs.DONE:
        raise SystemExit(FAILED)


@click.command()
@json_option
@with_app
def purges(as_json: bool) -> None:
    r"""List the purges of the last 30 days, by hand and by the retention, the newest first.

    \b
    Example:
      idp audit purges --json
    """
    emit([service.as_dict(job) for job in service.list_purges()], as_json=as_json, human=_table)


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No purges."
    lines = [f"{'BEFORE':<11} {'STATE':<10} {'PURGED':<18} {'BEGUN (UTC)':<17} BY"]
    return "\n".join([*lines, *map(_line, rows)])


def _line(row: dict[str, Any]) -> str:
    purged, begun = f"{row['purged']} of {row['events']}", f"{row['created_at']:%Y-%m-%d %H:%M}"
    line = f"{row['before']:<11} {row['state']:<10} {purged:<18} {begun:<17} {row['actor']}"
    return f"{line}\n  {row['error']}" if row["error"] else line


def _counted(going: Going) -> str:
    if not going.events:
        return "No event would go."
    return f"{going.events} events would go, from {going.first_at:%Y-%m-%d} to {going.last_at:%Y-%m-%d}."


def _sentence(data: dict[str, Any]) -> str:
    if data["state"] == jobs.DONE:
        return f"{data['purged']} events were purged. Take a new checkpoint: idp audit checkpoint > checkpoint.json"
    return f"The purge broke off after {data['purged']} events. {data['error']}"
