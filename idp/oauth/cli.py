"""Commands of what people allowed apps, a part of `idp user`."""

from typing import Any

import click

from idp.accounts.service import get_by_name
from idp.core.cli import emit, json_option, with_app
from idp.oauth.apps import service
from idp.oauth.authorize.consents import withdraw_consent


@click.group()
def consent() -> None:
    r"""Look at what a person allowed apps, and take it back.

    \b
    Examples:
      idp user consent list alice@example.com
      idp user consent revoke alice@example.com --client demo-web
    """


@consent.command("list")
@click.argument("user")
@json_option
@with_app
def list_consents(user: str, as_json: bool) -> None:
    r"""List the apps a person allowed or uses; the person is named by address, user name or id.

    \b
    Example:
      idp user consent list alice@example.com
    """
    rows = [_as_dict(app) for app in service.list_apps(get_by_name(user).id)]
    emit(rows, as_json=as_json, human=_table)


@consent.command()
@click.argument("user")
@click.option("--client", "client_id", required=True, help="The app, by its client id.")
@json_option
@with_app
def revoke(user: str, client_id: str, as_json: bool) -> None:
    r"""Take an app's access to a person's account away: consent, codes and tokens.

    \b
    Example:
      idp user consent revoke alice@example.com --client demo-web
    """
    person = get_by_name(user)
    app = service.get_app(person.id, client_id)
    withdraw_consent(person.id, client_id)
    emit(
        {"user": person.id, "client_id": client_id, "revoked": True},
        as_json=as_json,
        human=f"{app.client.name} has no access to the account of {person.email} any more.",
    )


def _as_dict(app: service.ConnectedApp) -> dict[str, Any]:
    return {
        "client_id": app.client.id,
        "name": app.client.name,
        "scopes": app.keys,
        "claims": app.claims,
        "allowed_at": app.allowed_at,
        "used_at": app.used_at,
        "offline": app.is_offline,
    }


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No apps."
    return "\n".join(f"{row['client_id']:<28}  {row['name']:<24}  {', '.join(row['scopes'])}" for row in rows)
