"""Commands of the logo of the house, a part of `idp config`."""

from typing import IO, Any

import click

from idp.brand import house, store
from idp.core.cli import emit, json_option, with_app
from idp.core.drawing.rasters import LARGEST
from idp.core.settings import settings

_scheme = click.option(
    "--scheme", type=click.Choice(house.SCHEMES), default="light", show_default=True,
    help="For pages of which colours; dark pages show the light one where they have none of their own.",
)  # fmt: skip


@click.group()
def logo() -> None:
    r"""The logo at the head of every page; it lies in the database.

    \b
    Examples:
      idp config logo set logo.png
      idp config logo set pale-logo.png --scheme dark
      idp config logo show
      idp config logo remove --scheme dark
    """


@logo.command("set")
@click.argument("file", type=click.File("rb"))
@_scheme
@json_option
@with_app
def set_(file: IO[bytes], scheme: str, as_json: bool) -> None:
    r"""Keep a PNG, JPEG or WebP picture of at most 1 MB as the logo; it is drawn anew, small.

    \b
    Examples:
      idp config logo set logo.png
      idp config logo set pale-logo.png --scheme dark
    """
    row = house.set_logo(scheme, file.read(LARGEST + 1))
    emit({"scheme": scheme, **store.describe(row)}, as_json=as_json, human=f"The logo for {scheme} pages is kept.")


@logo.command()
@_scheme
@json_option
@with_app
def remove(scheme: str, as_json: bool) -> None:
    r"""Take the logo away; pages show the first letter of the name again.

    \b
    Example:
      idp config logo remove --scheme dark
    """
    house.remove_logo(scheme)
    emit({"scheme": scheme, "removed": True}, as_json=as_json, human=f"The logo for {scheme} pages is removed.")


@logo.command()
@json_option
@with_app
def show(as_json: bool) -> None:
    r"""Show which logos there are, and the accent colour.

    \b
    Example:
      idp config logo show
    """
    shown = house.house_logos()
    logos = {
        scheme: store.describe(store.get_logo(house.place_of(scheme))) if getattr(shown, scheme) else None
        for scheme in house.SCHEMES
    }
    emit({"accent": settings().brand.accent or None, **logos}, as_json=as_json, human=_lines)


def _lines(data: dict[str, Any]) -> str:
    lines = [f"accent  {data['accent'] or '-'}"]
    lines += [f"{scheme:<6}  {data[scheme]['url'] if data[scheme] else '-'}" for scheme in house.SCHEMES]
    return "\n".join(lines)
