"""Commands of what apps were told of ended sessions, a part of `idp client`."""

from typing import Any

import click

from idp.core.cli import emit, json_option, with_app
from idp.oauth.logout.backchannel import KIND, send_again
from idp.outbox import service as outbox
from idp.outbox.models import Delivery


@click.group()
def logouts() -> None:
    r"""Look at what apps were told of ended sessions, and tell one again.

    \b
    Examples:
      idp client logouts list --client demo-web --state dead
      idp client logouts retry 01JD3Q0Z4N8V5K7T2M9X6C1B0A
    """


@logouts.command("list")
@click.option("--client", "client_id", help="Only what this app was told.")
@click.option("--state", type=click.Choice(["waiting", "delivered", "dead"]), help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@click.option("--before", default="", help="Only those older than this delivery.")
@json_option
@with_app
def list_(client_id: str | None, state: str | None, limit: int, before: str, as_json: bool) -> None:
    r"""List what apps were told, the newest first.

    \b
    Example:
      idp client logouts list --state dead
    """
    subject = f"client:{client_id}" if client_id else None
    rows = outbox.list_calls(kind=KIND, subject=subject, outcome=state, older=before, limit=limit)
    emit([_as_dict(row) for row in rows], as_json=as_json, human=_table)


@logouts.command()
@click.argument("delivery", metavar="DELIVERY")
@json_option
@with_app
def retry(delivery: str, as_json: bool) -> None:
    r"""Tell an app again, now: what waits, or what was given up.

    \b
    Example:
      idp client logouts retry DELIVERY-ID
    """
    send_again(delivery)
    emit({"id": delivery, "queued": True}, as_json=as_json, human=f"{delivery} is sent again.")


def _as_dict(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.id, "client_id": (row.subject or "").removeprefix("client:"), "state": row.outcome or "waiting",
        "attempts": row.attempts, "created_at": row.created_at, "due_at": row.due_at, "finished_at": row.finished_at,
        "error": row.last_error,
    }  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "Nothing was sent."
    lines = [f"{'ID':<28} {'CLIENT':<28} {'STATE':<10} {'TRIES':<6} ERROR"]
    lines += [
        f"{row['id']:<28} {row['client_id']:<28} {row['state']:<10} {row['attempts']:<6} {row['error'] or ''}".rstrip()
        for row in rows
    ]
    return "\n".join(lines)
