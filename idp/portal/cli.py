"""The command that writes everything about a person, a part of `idp user`."""

import click

from idp.accounts.service import get_by_name
from idp.core.cli import json_option, with_app
from idp.portal.export import hand_out


@click.command("data")
@click.argument("user")
@json_option
@with_app
def data(user: str, as_json: bool) -> None:  # noqa: ARG001 - it is JSON in any case
    r"""Write everything that is stored about a person as JSON, without what could open the account.

    \b
    Example:
      idp user data alice@example.com > alice.json
    """
    click.echo(hand_out(get_by_name(user).id), nl=False)
