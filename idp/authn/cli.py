"""Commands of second factors, a part of `idp user`."""

from typing import Any

import click
import pyotp

from idp.accounts.models import User
from idp.accounts.service import get_by_name
from idp.authn import recovery_codes, totp, trusted
from idp.authn.enrol import service
from idp.authn.enrol.uri import app_uri
from idp.core.cli import CONFIG, ask, emit, fail, json_option, with_app, yes_option
from idp.core.settings import settings


@click.group()
def mfa() -> None:
    r"""Look at a person's second factors, and take them away for somebody who has lost them.

    \b
    Examples:
      idp user mfa list alice@example.com
      idp user mfa reset alice@example.com --reason "lost phone, known by voice"
    """


@mfa.command("list")
@click.argument("user")
@json_option
@with_app
def list_factors(user: str, as_json: bool) -> None:
    r"""List the second factors of a person, named by address, user name or id.

    \b
    Example:
      idp user mfa list alice@example.com
    """
    emit(_as_dict(get_by_name(user)), as_json=as_json, human=_page)


@mfa.command()
@click.argument("user")
@click.option("--reason", required=True, help="Why; it is kept in the trail and mailed to the person.")
@yes_option
@json_option
@with_app
def reset(user: str, reason: str, yes: bool, as_json: bool) -> None:
    r"""Take authenticator app, recovery codes and passkeys away; sessions and refresh tokens end, the owner is told.

    \b
    Example:
      idp user mfa reset alice@example.com --reason "lost phone, known by voice"
    """
    person = get_by_name(user)
    user_id, email = person.id, person.email
    ask(f"Take all second factors of {email} away?", yes=yes)
    service.reset(user_id, reason=reason)
    emit(_as_dict(get_by_name(user_id)), as_json=as_json, human=f"{email} has no second factor any more.")


@mfa.command("add-totp")
@click.argument("user")
@json_option
@with_app
def add_totp(user: str, as_json: bool) -> None:
    r"""Give a person an authenticator app and print its seed (development mode only).

    \b
    Example:
      idp user mfa add-totp alice@example.com
    """
    if not settings().development:
        fail("a seed is printed in development mode only", CONFIG)
    person = get_by_name(user)
    seed = pyotp.random_base32()
    service.give_app(person.id, seed, name="Command line")
    data = {"user": person.id, "seed": seed, "uri": app_uri(get_by_name(user), seed)}
    emit(data, as_json=as_json, human=lambda values: f"{values['seed']}\n{values['uri']}")


def _as_dict(person: User) -> dict[str, Any]:
    app = totp.find_authenticator(person.id)
    return {
        "user": person.id,
        "second_step_since": person.second_step_since,
        "authenticator": {"name": app.name, "added_at": app.created_at, "last_used_at": app.last_used_at}
        if app
        else None,
        "recovery_codes_left": recovery_codes.count_left(person.id),
        "trusted_browsers": trusted.count(person.id),
    }


def _page(data: dict[str, Any]) -> str:
    app, since = data["authenticator"], data["second_step_since"]
    lines = {
        "second step": f"since {since:%Y-%m-%d}" if since else "off",
        "authenticator app": (app["name"] or "yes") if app else "none",
        "recovery codes": f"{data['recovery_codes_left']} left",
        "trusted browsers": str(data["trusted_browsers"]),
    }
    return "\n".join(f"{name:<20}{value}" for name, value in lines.items())
