"""Commands of the logos of apps, a part of `idp client`."""

from typing import IO, Any

import click

from idp.brand import store
from idp.brand.models import Logo
from idp.clients import logos
from idp.core.cli import emit, json_option, with_app
from idp.core.drawing.rasters import LARGEST


@click.group()
def logo() -> None:
    r"""The logo of an app: what people see of it when it asks them, kept and served by this server.

    \b
    Examples:
      idp client logo set CLIENT_ID shop.png
      idp client logo fetch CLIENT_ID
      idp client logo remove CLIENT_ID
    """


@logo.command("set")
@click.argument("client_id", metavar="CLIENT")
@click.argument("file", type=click.File("rb"))
@json_option
@with_app
def set_(client_id: str, file: IO[bytes], as_json: bool) -> None:
    r"""Keep a PNG, JPEG or WebP picture of at most 1 MB as the logo of an app; it is drawn anew, small.

    \b
    Example:
      idp client logo set CLIENT_ID shop.png
    """
    _tell(client_id, logos.set_logo(client_id, file.read(LARGEST + 1)), as_json=as_json)


@logo.command()
@click.argument("client_id", metavar="CLIENT")
@json_option
@with_app
def fetch(client_id: str, as_json: bool) -> None:
    r"""Fetch the logo once from the address that the app has registered (`logo_uri`), and keep it.

    \b
    Example:
      idp client logo fetch CLIENT_ID
    """
    _tell(client_id, logos.fetch_logo(client_id), as_json=as_json)


@logo.command()
@click.argument("client_id", metavar="CLIENT")
@json_option
@with_app
def show(client_id: str, as_json: bool) -> None:
    r"""Show where the logo of an app is.

    \b
    Example:
      idp client logo show CLIENT_ID
    """
    row = logos.get_logo(client_id)
    emit(_describe(client_id, row), as_json=as_json, human=store.full_address_of(row.name))


@logo.command()
@click.argument("client_id", metavar="CLIENT")
@json_option
@with_app
def remove(client_id: str, as_json: bool) -> None:
    r"""Take the logo of an app away; people see its first letter again.

    \b
    Example:
      idp client logo remove CLIENT_ID
    """
    logos.remove_logo(client_id)
    data = {"client_id": client_id, "removed": True}
    emit(data, as_json=as_json, human=f"The logo of {client_id} is removed.")


def _tell(client_id: str, row: Logo, *, as_json: bool) -> None:
    emit(_describe(client_id, row), as_json=as_json, human=f"The logo of {client_id} is kept.")


def _describe(client_id: str, row: Logo) -> dict[str, Any]:
    return {"client_id": client_id, **store.describe(row)}
