"""The command that counts the trail again."""

import click

from idp.audit import chain
from idp.core.cli import emit, json_option, with_app
from idp.rollups import service


@click.command()
@json_option
@with_app
def recount(as_json: bool) -> None:
    r"""Count the trail by day again, for the charts of the console; safe while servers run.

    \b
    Example:
      idp audit recount
    """
    while chain.seal_events():
        pass
    events = service.rebuild()
    emit({"events": events}, as_json=as_json, human=f"{events} events were counted.")
