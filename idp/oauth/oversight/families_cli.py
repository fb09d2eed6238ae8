"""Commands of families of refresh tokens, a part of `idp token`: what people allowed apps, and its end."""

from typing import Any

import click

from idp.accounts.service import get_by_name
from idp.clients.service import get_client
from idp.core.cli import ask, emit, json_option, with_app, yes_option
from idp.oauth.oversight import overview


@click.group()
def family() -> None:
    r"""Look at families of refresh tokens, and end them.

    \b
    Examples:
      idp token family list --user alice@example.com --state live
      idp token family revoke 01JD3Q0Z4N8V5K7T2M9X6C1B0A
      idp token family revoke-all demo-web
    """


@family.command("list")
@click.option("--user", help="Only those of this person: address, user name or id.")
@click.option("--client", "client_id", help="Only those of this app.")
@click.option("--state", type=click.Choice(overview.STATES), help="Only those in this state.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="At most so many.")
@click.option("--after", default="", help="Go on after this family.")
@json_option
@with_app
def list_(user: str | None, client_id: str | None, state: str | None, limit: int, after: str, as_json: bool) -> None:
    r"""List families, the newest first.

    \b
    Example:
      idp token family list --user alice@example.com --state live
    """
    user_id = get_by_name(user).id if user else None
    wanted = overview.Wanted(user_id=user_id, client_id=client_id, state=state or "", after=after, limit=limit)
    emit([_as_dict(row) for row in overview.find_families(wanted)], as_json=as_json, human=_table)


@family.command()
@click.argument("grant", metavar="FAMILY")
@json_option
@with_app
def revoke(grant: str, as_json: bool) -> None:
    r"""End one family with all its tokens.

    \b
    Example:
      idp token family revoke FAMILY-ID
    """
    overview.revoke_family(grant)
    emit({"id": grant, "revoked": True}, as_json=as_json, human=f"{grant} is revoked.")


@family.command("revoke-all")
@click.argument("client_id", metavar="CLIENT")
@yes_option
@json_option
@with_app
def revoke_all(client_id: str, yes: bool, as_json: bool) -> None:
    r"""End everything an app was granted; people sign in to it again.

    \b
    Example:
      idp token family revoke-all CLIENT_ID --yes
    """
    row, count = get_client(client_id), overview.count_grants(client_id)
    ask(f"End {count} grants of {row.name} ({client_id})?", yes=yes)
    ended = overview.revoke_all_of_client(client_id)
    emit({"client_id": client_id, "ended": ended}, as_json=as_json, human=f"{ended} grants of {client_id} ended.")


def _as_dict(row: overview.Family) -> dict[str, Any]:
    return {
        "id": row.id, "user": row.user.email, "client_id": row.client.id, "scope": row.grant.scope,
        "created_at": row.grant.created_at, "used_at": row.used_at, "rotations": row.rotations,
        "live": row.is_live and row.grant.revoked_at is None, "reused": row.was_reused,
        "revoked_at": row.grant.revoked_at, "revoked_reason": row.grant.revoked_reason,
    }  # fmt: skip


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No refresh tokens."
    lines = [f"{'FAMILY':<28} {'PERSON':<34} {'CLIENT':<28} STATE"]
    for row in rows:
        state = "reused" if row["reused"] else "live" if row["live"] else "over"
        lines.append(f"{row['id']:<28} {row['user']:<34} {row['client_id']:<28} {state}")
    return "\n".join(lines)
