"""`idp key reseal`."""

from typing import Any

import click

from idp.core.cli import FAILED, emit, json_option, with_app
from idp.jobs import service as jobs
from idp.sealing import service


@click.command()
@json_option
@with_app
def reseal(as_json: bool) -> None:
    r"""Seal the secrets of the database with the newest key-encryption key; safe while servers run.

    \b
    Example:
      idp key reseal
    """
    data = service.run(service.start())
    emit(data, as_json=as_json, human=_sentence)
    if data["state"] != jobs.DONE or data["failed"]:
        raise SystemExit(FAILED)


def _sentence(data: dict[str, Any]) -> str:
    return f"{data['sealed']} values were sealed anew, {data['failed']} could not be opened."
