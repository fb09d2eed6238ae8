"""`idp audit export` and `idp audit verify-export`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from idp.audit.cli import filter_options, read_filters
from idp.audit.exporting import FORMATS
from idp.audit.naming import read_names
from idp.audit.reading import Wanted
from idp.audit_files import service
from idp.core.cli import emit, json_option, with_app

_PART = 1024 * 1024
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="jsonl", show_default=True)
@click.option(
    "--manifest", type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write a signed manifest of what went out to this file.",
)  # fmt: skip
@filter_options
@with_app
def export(form: str, manifest: Path | None, **filters: Any) -> None:
    r"""Write events to standard output, oldest first.

    \b
    Example:
      idp audit export --last 30d --manifest audit.jws > audit.jsonl
    """
    # What is remembered of the file names people as the trail does: no address outlives its owner there.
    filters = read_names(filters)
    told = {name: value if isinstance(value, str) else _plain(value) for name, value in filters.items() if value}
    file_id, parts = service.begin(form, Wanted(**read_filters(filters)), told)
    for part in parts:
        click.echo(part, nl=False)
    if manifest is not None:
        manifest.write_text(service.sign_manifest(file_id) + "\n", encoding="ascii")


@click.command("verify-export")
@click.argument("file", type=_FILE)
@click.argument("manifest", type=_FILE)
@json_option
@with_app
def verify_export(file: Path, manifest: Path, as_json: bool) -> None:
    r"""Check that an exported file is whole and ours, by its signed manifest.

    \b
    Example:
      idp audit verify-export audit.jsonl audit.jws
    """
    claims = service.verify(_parts(file), manifest.read_text(encoding="ascii", errors="replace"))
    emit({"intact": True, **claims}, as_json=as_json, human=_sentence)


def _sentence(claims: dict[str, Any]) -> str:
    more = " The end of the chain it tells of was purged since." if claims["purged_since"] else ""
    return f"The file is whole: {claims['events']} events.{more}"


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while part := source.read(_PART):
            yield part


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value.isoformat()
