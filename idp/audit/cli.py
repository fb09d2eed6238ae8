"""Commands of the audit trail."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from idp.audit import chain, resigning, service
from idp.audit import checkpoint as checkpoints
from idp.audit.groups import GROUPS, RESULTS
from idp.audit.naming import read_names
from idp.audit.origin import FORGED, find_origin
from idp.audit.reading import TEXT_WITHIN
from idp.audit.tags import Tag
from idp.core.cli import FAILED, MOMENT, NOT_FOUND, ask, emit, fail, in_utc, json_option, with_app, yes_option
from idp.core.clock import now
from idp.core.configuration.sources import parse_duration


@click.group()
def audit() -> None:
    r"""Read, export and verify the audit trail.

    \b
    Examples:
      idp audit list --event 'login.*' --limit 20
      idp audit list --group keys --group roles --result failed --last 7d
      idp audit list --actor alice@example.com --client 'The shop'
      idp audit show 4711
      idp audit export --format csv --last 30d --manifest audit.jws > audit.csv
      idp audit verify --checkpoint checkpoint.json
    """


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which events."""
    options = (
        click.option("--event", "tag", help="An event, or a group such as 'login.*'."),
        click.option(
            "--group", "groups", multiple=True, type=click.Choice(GROUPS), help="Events of this group; several."
        ),
        click.option("--result", type=click.Choice(RESULTS), help="What was done, or what was refused or failed."),
        click.option("--actor", help="Who acted: an address, a user name, an app, or as the trail says it: user:01J…"),
        click.option("--subject", help="Whom it was about, named likewise."),
        click.option("--client", "client_id", help="An app, by its id or name."),
        click.option("--request", "request_id", help="A request id."),
        click.option("--session", "session_id", help="A session id."),
        click.option("--network", "ip", help="A network address, as the trail shows it."),
        click.option("--text", help=f"What the detail says; among the {TEXT_WITHIN} newest of the others."),
        click.option("--last", help="Of this long until now: 1h, 24h, 7d."),
        click.option("--since", type=MOMENT, help="From this day or moment on (UTC)."),
        click.option("--until", type=MOMENT, help="Before this day or moment (UTC)."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@audit.command("list")
@filter_options
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
@with_app
def list_events(as_json: bool, limit: int, **filters: Any) -> None:
    r"""List events, newest first.

    \b
    Examples:
      idp audit list --event 'login.*' --last 24h
      idp audit list --subject user:USER-ID --since 2026-01-01 --json
    """
    events = service.find_events(limit=limit, **read_filters(filters))
    emit([service.as_dict(event) for event in events], as_json=as_json, human=_table)


@audit.command()
@click.argument("event", metavar="ID", type=click.IntRange(1, 2**53))
@json_option
@with_app
def show(event: int, as_json: bool) -> None:
    r"""Show one event whole, with what changed.

    \b
    Example:
      idp audit show 4711
    """
    row = service.find_event(event)
    if row is None:
        fail("there is no such event", NOT_FOUND)
    emit(service.as_dict(row), as_json=as_json)


@audit.command()
@click.option("--checkpoint", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@with_app
def verify(file: Path | None, as_json: bool) -> None:
    r"""Check the hash chain, and that it still holds what a checkpoint saw.

    \b
    Example:
      idp audit verify --checkpoint checkpoint.json
    """
    while chain.seal_events():
        pass
    verdict = chain.verify_chain()
    if not verdict.intact:
        more = f". {resigning.HELP}" if verdict.reason == FORGED else ""
        fail(f"the chain breaks at position {verdict.first_bad}: {verdict.reason}{more}", FAILED)
    if file:
        checkpoints.check_checkpoint(_load(file))
    purged = find_origin().position
    data = {"intact": True, "events": verdict.sealed - purged, "purged": purged, "head": verdict.head}
    emit(data, as_json=as_json, human=_whole)


@audit.command()
@with_app
def checkpoint() -> None:
    r"""Print a signed checkpoint; keep it on another machine.

    \b
    Example:
      idp audit checkpoint > checkpoint.json
    """
    data = checkpoints.create_checkpoint()
    service.record(Tag.AUDIT_CHECKPOINTED, position=data["position"])
    emit(data, as_json=True)


@audit.command("resign-origin")
@yes_option
@json_option
@with_app
def resign_origin(yes: bool, as_json: bool) -> None:
    r"""Sign anew where a purged trail begins, after the oldest key-encryption key file was lost or replaced.

    Whoever changed the database could have moved that place, which then looks the same: compare it with what you kept.

    \b
    Examples:
      idp audit resign-origin
      idp audit resign-origin --yes
    """
    origin = resigning.get_unsigned()
    begins = [
        f"The trail says that all up to position {origin.position} was purged on {origin.purged_at:%Y-%m-%d}.",
        f"The hash there is {origin.hash}: compare it with what you kept elsewhere, an export or a checkpoint.",
    ]
    ask("Vouch for it, and sign it with the keys of this server?", begins, yes=yes)
    resigning.resign_origin(origin)
    told = {"signed": True, "position": origin.position, "head": origin.hash}
    emit(told, as_json=as_json, human="It is signed. Take a new checkpoint: idp audit checkpoint > checkpoint.json")


def _whole(data: dict[str, Any]) -> str:
    before = f" after {data['purged']} that were purged" if data["purged"] else ""
    return f"The chain is intact: {data['events']} events{before}, head {data['head'][:16]}…"


def _load(file: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(file.read_text())
    except ValueError:
        fail(f"{file} is not a checkpoint")
    return value


def read_filters(filters: dict[str, Any]) -> dict[str, Any]:
    """Read what the options say, as fields of `Wanted`."""
    last, since, until = (filters.pop(name) for name in ("last", "since", "until"))
    span = parse_duration(last) if last else None
    if last and not isinstance(span, timedelta):
        raise click.BadParameter("write it as 1h, 24h or 7d", param_hint="--last")
    begin = now() - span if span else in_utc(since)
    return {**read_names(filters), "since": begin, "until": in_utc(until)}


def _table(events: list[dict[str, Any]]) -> str:
    if not events:
        return "No events match."
    return "\n".join(
        f"{event['at'][:19]}  {event['event']:<30} {event['actor'] or '':<32} {event['subject'] or ''}"
        for event in events
    )
