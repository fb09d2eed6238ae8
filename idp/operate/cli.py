"""The commands that run the house: serve, worker, init, version."""

import platform
from pathlib import Path
from typing import Any

import click

import idp
from idp.core.cli import CONFIG, emit, fail, json_option, with_app
from idp.operate import init as init_
from idp.operate import worker as worker_
from idp.operate.serving import start
from idp.operate.serving.start import Choices

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; one a core by default, one with --dev.")
@click.option("--tls-cert", type=_FILE, help="Certificate chain, PEM; with --tls-key the server speaks https itself.")
@click.option("--tls-key", type=_FILE, help="Private key, PEM.")
@click.option("--no-worker", is_flag=True, help="Leave mails and cleaning up to `idp worker`.")
@click.option("--dev", is_flag=True, help="Development mode: prepares what is missing, shows mails at /dev/mail.")
@click.option("--demo", is_flag=True, help="With --dev: demo people, demo apps, and the demo app beside the server.")
@click.option("--demo-port", default=8001, show_default=True, type=click.IntRange(1, 65535))
@click.option("--i-know", is_flag=True, help="With --dev: listen beyond this machine all the same.")
@click.pass_context
def serve(context: click.Context, **options: Any) -> None:
    r"""Start the server.

    \b
    Examples:
      idp serve --dev --demo
      idp serve --host 0.0.0.0 --port 8000
      idp serve --tls-cert fullchain.pem --tls-key privkey.pem --port 443
    """
    if bool(options["tls_cert"]) != bool(options["tls_key"]):
        raise click.UsageError("--tls-cert and --tls-key go together")
    try:
        start.run(Choices(**options), context.find_root().obj["create_app"])
    except start.RefusedStart as refusal:
        fail(str(refusal), refusal.code)


@click.command()
@click.pass_context
def worker(context: click.Context) -> None:
    r"""Send mails, seal the audit trail, rotate keys and clean up, without serving.

    \b
    Example:
      idp worker
    """
    try:
        app = start.prepared_app(context.find_root().obj["create_app"])
    except start.RefusedStart as refusal:
        fail(str(refusal), refusal.code)
    worker_.run_in_foreground(app)


@click.command()
@click.option("--demo", is_flag=True, help="Add demo people and apps (development mode).")
@json_option
@with_app
def init(demo: bool, as_json: bool) -> None:
    r"""Prepare database, keys and built-in roles; safe to repeat.

    \b
    Examples:
      idp init
      idp init --demo
    """
    try:
        steps = init_.prepare(demo=demo)
    except init_.RefusedInit as refusal:
        fail(str(refusal), CONFIG)
    human = "\n".join(step.line() for step in steps) or "Nothing to do: everything is prepared."
    emit([step.as_dict() for step in steps], as_json=as_json, human=human)


@click.command()
@json_option
def version(as_json: bool) -> None:
    r"""Print the version.

    \b
    Example:
      idp version --json
    """
    data = {"idp": idp.__version__, "python": platform.python_version()}
    emit(data, as_json=as_json, human=f"idp {idp.__version__} on Python {platform.python_version()}")
