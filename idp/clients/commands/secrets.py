"""Commands of the secrets of apps, a part of `idp client`."""

from datetime import timedelta
from typing import Any

import click

from idp.clients import service
from idp.clients.models import ClientSecret
from idp.clients.secrets.rotation import lost_with_secret
from idp.core.cli import ask, emit, json_option, with_app, yes_option
from idp.core.clock import now


@click.group()
def secret() -> None:
    r"""The secrets of an app: a new one beside the old one, so that none is ever missing.

    \b
    Examples:
      idp client secret add CLIENT_ID --label "2027" --days 365
      idp client secret list CLIENT_ID
      idp client secret remove CLIENT_ID SECRET-ID
    """


@secret.command("add")
@click.argument("client_id", metavar="CLIENT")
@click.option("--label", default="", help="What it is for, or where it lives.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it stops working.")
@json_option
@with_app
def add_secret(client_id: str, label: str, days: int | None, as_json: bool) -> None:
    r"""Add a secret; it is shown this once.

    \b
    Example:
      idp client secret add CLIENT_ID --label "2027" --days 365
    """
    expires_at = now() + timedelta(days=days) if days else None
    row, value = service.add_secret(client_id, label=label, expires_at=expires_at)
    data = {**_describe_secret(row), "client_id": client_id, "client_secret": value}
    emit(data, as_json=as_json, human=f"client_secret  {value}\n\nIt is shown this once. Its id is {row.id}.")


@secret.command("list")
@click.argument("client_id", metavar="CLIENT")
@json_option
@with_app
def list_secrets(client_id: str, as_json: bool) -> None:
    r"""List the secrets of an app by their last four characters.

    \b
    Example:
      idp client secret list CLIENT_ID
    """
    service.get_client(client_id)
    emit([_describe_secret(row) for row in service.list_secrets(client_id)], as_json=as_json, human=_secret_table)


@secret.command("remove")
@click.argument("client_id", metavar="CLIENT")
@click.argument("secret_id", metavar="SECRET-ID")
@yes_option
@json_option
@with_app
def remove_secret(client_id: str, secret_id: str, yes: bool, as_json: bool) -> None:
    r"""Remove a secret; it stops working everywhere at once.

    \b
    Examples:
      idp client secret remove CLIENT_ID SECRET-ID
      idp client secret remove CLIENT_ID SECRET-ID --yes
    """
    service.get_client(client_id)
    row = service.get_secret(client_id, secret_id)
    ask(f"Remove the secret …{row.hint} of {client_id}?", lost_with_secret(row), yes=yes)
    service.remove_secret(client_id, secret_id)
    emit({"id": secret_id, "removed": True}, as_json=as_json, human=f"Secret {secret_id} is removed.")


def _describe_secret(row: ClientSecret) -> dict[str, Any]:
    return {
        "id": row.id,
        "hint": f"…{row.hint}",
        "label": row.label,
        "created_at": row.created_at,
        "created_by": row.created_by,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
    }


def _secret_table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "It has no secret."
    lines = [f"{'ID':<28} {'ENDS IN':<8} {'CREATED':<11} {'EXPIRES':<11} {'LAST USED':<11} LABEL"]
    for row in rows:
        days = [f"{row[name]:%Y-%m-%d}" if row[name] else "-" for name in ("created_at", "expires_at", "last_used_at")]
        lines.append(f"{row['id']:<28} {row['hint']:<8} {'  '.join(f'{day:<10}' for day in days)} {row['label']}")
    return "\n".join(line.rstrip() for line in lines)
