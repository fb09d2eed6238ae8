"""Commands of sessions, a part of `idp user`."""

from typing import Any

import click

from idp.accounts.service import get_by_name
from idp.core.cli import ask, emit, json_option, with_app, yes_option
from idp.sessions import ending, service
from idp.sessions.models import Session


@click.group()
def sessions() -> None:
    r"""Look at a person's sessions and end them.

    \b
    Examples:
      idp user sessions list alice@example.com
      idp user sessions revoke alice@example.com
      idp user sessions revoke-all --yes
    """


@sessions.command("list")
@click.argument("user", required=False)
@click.option("--risky", is_flag=True, help="Those that began in a network new to the person after failed tries.")
@click.option("--after", default="", help="Without a person: go on after this id.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@json_option
@with_app
def list_sessions(user: str | None, *, risky: bool, after: str, limit: int, as_json: bool) -> None:
    r"""List the live sessions of a person, named by address, user name or id; of everybody when nobody is named.

    \b
    Examples:
      idp user sessions list alice@example.com
      idp user sessions list --risky --json
    """
    if user is None:
        found = service.find_live(risky=risky, after=after, limit=limit)
    else:
        found = [one for one in service.live_sessions(get_by_name(user).id) if one.risky or not risky]
    emit([_as_dict(session) for session in found], as_json=as_json, human=_table)


@sessions.command()
@click.argument("user")
@click.option("--session", "session_id", help="End this session only.")
@json_option
@with_app
def revoke(user: str, session_id: str | None, as_json: bool) -> None:
    r"""Sign a person out everywhere, at once; what stood on those sessions stops too.

    \b
    Examples:
      idp user sessions revoke alice@example.com
      idp user sessions revoke alice@example.com --session SESSION-ID
    """
    person = get_by_name(user)
    ended = service.revoke_by_admin(person.id, session_id)
    emit({"user": person.id, "ended": ended}, as_json=as_json, human=f"{ended} sessions of {person.email} ended.")


@sessions.command("revoke-all")
@yes_option
@json_option
@with_app
def revoke_all(yes: bool, as_json: bool) -> None:
    r"""Sign everybody out; the worker does it, and everybody signs in again.

    \b
    Example:
      idp user sessions revoke-all --yes
    """
    count = ending.count_alive()
    ask(f"End {count} sessions of everybody?", yes=yes)
    job = ending.start()
    data = {"id": job.id, "state": job.state, "total": job.total}
    emit(data, as_json=as_json, human=f"{job.total} sessions end now.")


def _as_dict(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "user": session.user_id,
        "risky": session.risky,
        "network": session.network,
        "failed_before": session.failed_before,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "expires_at": session.idle_expires_at,
        "remembered": session.remember,
        "amr": list(session.amr),
        "acr": session.acr,
        "auth_time": session.auth_time,
        "ip": session.ip,
        "user_agent": session.user_agent,
    }


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No live sessions."
    return "\n".join(
        f"{row['id']}  seen {row['last_seen_at']:%Y-%m-%d %H:%M}  {row['ip'] or '-':<15}  {row['user_agent'] or ''}"
        f"{_risk(row)}"
        for row in rows
    )


def _risk(row: dict[str, Any]) -> str:
    return f"  ! new network {row['network']} after {row['failed_before']} failed tries" if row["risky"] else ""
