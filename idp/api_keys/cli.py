"""Commands of API keys."""

from datetime import timedelta
from typing import Any

import click

from idp.accounts.service import get_by_name
from idp.api_keys import service
from idp.api_keys.models import ApiKey
from idp.core.cli import emit, json_option, with_app
from idp.core.clock import now


@click.group("api-key")
def api_key() -> None:
    r"""Look after the keys with which programs use the Admin API in a person's name.

    \b
    Examples:
      idp api-key add alice@example.com --label "nightly report" --permission admin.audit.read --days 90
      idp api-key list
      idp api-key revoke 01JD3Q0Z4N8V5K7T2M9X6C1B0A
    """


@api_key.command("list")
@click.option("--user", help="Only the keys of this person: address, user name or id.")
@json_option
@with_app
def list_(user: str | None, as_json: bool) -> None:
    r"""List the keys, without what they are: that is shown once.

    \b
    Example:
      idp api-key list --user alice@example.com
    """
    user_id = get_by_name(user).id if user else None
    emit([as_dict(row) for row in service.list_keys(user_id)], as_json=as_json, human=_table)


@api_key.command()
@click.argument("user")
@click.option("--label", required=True, help="What the key is for.")
@click.option("--permission", "permissions", multiple=True, required=True, help="What it may do. Repeatable.")
@click.option("--days", type=click.IntRange(1, 3650), help="After so many days it stops working; else never.")
@json_option
@with_app
def add(user: str, label: str, permissions: tuple[str, ...], days: int | None, as_json: bool) -> None:
    r"""Make a key of a person and print it, this once; it can do nothing that they may not do.

    \b
    Example:
      idp api-key add alice@example.com --label "nightly report" --permission admin.audit.read --days 90
    """
    expires_at = now() + timedelta(days=days) if days else None
    row, value = service.add_key(get_by_name(user).id, label=label, permissions=permissions, expires_at=expires_at)
    emit({**as_dict(row), "key": value}, as_json=as_json, human=f"{value}\nIt is shown this once: store it now.")


@api_key.command()
@click.argument("key_id", metavar="ID")
@json_option
@with_app
def revoke(key_id: str, as_json: bool) -> None:
    r"""Let a key work no more, at once.

    \b
    Example:
      idp api-key revoke KEY-ID
    """
    row = service.revoke_key(key_id)
    emit(as_dict(row), as_json=as_json, human=f"{row.label} (…{row.last4}) does not work any more.")


def as_dict(row: ApiKey) -> dict[str, Any]:
    """Return a key as plain data, without its value."""
    names = ("id", "user_id", "label", "last4", "permissions", "created_at", "expires_at", "last_used_at", "revoked_at")
    return {name: getattr(row, name) for name in names}


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No API keys."
    return "\n".join(
        f"{row['id']}  …{row['last4']}  {row['user_id']}  {'revoked' if row['revoked_at'] else 'kept'}  {row['label']}"
        for row in rows
    )
