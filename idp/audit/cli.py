"""Commands of the audit trail."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from idp.audit import chain, service
from idp.audit import checkpoint as checkpoints
from idp.audit.tags import Tag
from idp.core.cli import FAILED, emit, fail, json_option, with_app

_COLUMNS = ["id", "at", "event", "actor", "subject", "client_id", "session_id", "request_id", "ip", "user_agent"]
_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def audit() -> None:
    r"""Read, export and verify the audit trail.

    \b
    Examples:
      idp audit list --event 'login.*' --limit 20
      idp audit export --format csv > audit.csv
      idp audit verify --checkpoint checkpoint.json
    """


@audit.command("list")
@click.option("--event", "tag", help="An event, or a group such as 'login.*'.")
@click.option("--actor", help="Who acted, e.g. user:01J…")
@click.option("--subject", help="Whom it was about.")
@click.option("--client", "client_id", help="A client id.")
@click.option("--request", "request_id", help="A request id.")
@click.option("--since", type=_MOMENT, help="From this day or moment on (UTC).")
@click.option("--until", type=_MOMENT, help="Before this day or moment (UTC).")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
@with_app
def list_events(as_json: bool, since: datetime | None, until: datetime | None, **filters: Any) -> None:
    """List events, newest first."""
    events = service.find_events(since=_utc(since), until=_utc(until), **filters)
    emit([service.as_dict(event) for event in events], as_json=as_json, human=_table)


@audit.command()
@click.option("--format", "kind", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
@with_app
def export(kind: str) -> None:
    """Write all events to standard output, oldest first."""
    if kind == "csv":
        click.echo(",".join([*_COLUMNS, "detail"]))
    count = 0
    for event in service.iterate_events():
        click.echo(_line(service.as_dict(event), kind))
        count += 1
    service.record(Tag.AUDIT_EXPORTED, format=kind, events=count)


@audit.command()
@click.option("--checkpoint", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@with_app
def verify(file: Path | None, as_json: bool) -> None:
    """Check the hash chain, and that it still holds what a checkpoint saw."""
    while chain.seal_events():
        pass
    verdict = chain.verify_chain()
    if not verdict.intact:
        fail(f"the chain breaks at position {verdict.first_bad}: {verdict.reason}", FAILED)
    if file:
        checkpoints.check_checkpoint(_load(file))
    data = {"intact": True, "events": verdict.sealed, "head": verdict.head}
    emit(data, as_json=as_json, human=f"The chain is intact: {verdict.sealed} events, head {verdict.head[:16]}…")


@audit.command()
@with_app
def checkpoint() -> None:
    """Print a signed checkpoint; keep it on another machine."""
    data = checkpoints.create_checkpoint()
    service.record(Tag.AUDIT_CHECKPOINTED, position=data["position"])
    emit(data, as_json=True)


def _load(file: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(file.read_text())
    except ValueError:
        fail(f"{file} is not a checkpoint")
    return value


def _utc(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value else None


def _line(event: dict[str, Any], kind: str) -> str:
    if kind == "jsonl":
        return json.dumps(event, ensure_ascii=False)
    buffer = io.StringIO()
    values = [*(event[column] for column in _COLUMNS), json.dumps(event["detail"], ensure_ascii=False)]
    csv.writer(buffer).writerow([_cell(value) for value in values])
    return buffer.getvalue().rstrip("\r\n")


def _cell(value: Any) -> Any:
    # A spreadsheet runs cells that begin like a formula.
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"} else value


def _table(events: list[dict[str, Any]]) -> str:
    if not events:
        return "No events match."
    return "\n".join(
        f"{event['at'][:19]}  {event['event']:<30} {event['actor'] or '':<32} {event['subject'] or ''}"
        for event in events
    )
