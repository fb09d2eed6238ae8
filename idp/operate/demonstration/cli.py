"""`idp demo`: the demo app and its people."""

import os

import click

from idp.core.cli import NOT_FOUND, application_settings, ask, emit, fail, json_option, with_app, yes_option
from idp.core.settings import Settings
from idp.operate.demonstration import app as demo_app
from idp.operate.demonstration import credentials, seed
from idp.operate.serving import development


@click.group()
def demo() -> None:
    r"""The demo app and its people (development mode).

    \b
    Examples:
      idp demo credentials
      idp demo app --port 8001
      idp demo reset
    """


@demo.command("credentials")
@json_option
@with_app
def show_credentials(as_json: bool) -> None:
    r"""Print the demo people with their passwords, and the demo apps with their secrets.

    \b
    Example:
      idp demo credentials
    """
    known = _known()
    data = {
        "people": [
            {"email": each.email, "password": each.password, "note": each.note, "authenticator_key": each.seed or None}
            for each in known.people
        ],
        "apps": [{"client_id": name, "client_secret": secret} for name, secret in known.secrets.items()],
    }
    path = credentials.path_in(application_settings().state_dir)
    emit(data, as_json=as_json, human=lambda _data: path.read_text().rstrip())


@demo.command()
@yes_option
@json_option
@with_app
def reset(yes: bool, as_json: bool) -> None:
    r"""Give the demo people and apps new passwords and secrets, and take back what was changed about them.

    \b
    Example:
      idp demo reset --yes
    """
    ask("Set the demo people and apps back?", yes=yes)
    known = seed.create()
    emit({"people": len(known.people)}, as_json=as_json, human="Done. See: idp demo credentials")


@demo.command()
@click.option("--port", default=8001, show_default=True, type=click.IntRange(1, 65535))
def app(port: int) -> None:
    r"""Run the demo app alone; `idp serve --dev --demo` runs it beside the server.

    \b
    Example:
      idp demo app --port 9000
    """
    development.adopt()
    config = Settings()
    os.environ.update(seed.app_environment(config, _known(config), f"http://127.0.0.1:{port}"))
    demo_app.run(port)


def _known(config: Settings | None = None) -> credentials.Credentials:
    known = credentials.load((config or application_settings()).state_dir)
    if known is None:
        fail("there is no demo data here. Run: idp init --demo", NOT_FOUND)
    return known
