"""`idp try`."""

import click

from idp.core.cli import FAILED, OK, json_option, read_secret, with_app
from idp.operate.trying import trial


@click.command("try")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
@click.option("--user", "email", help="With --headless: whose sign-in; `alice` is enough for a demo person.")
@click.option("--headless", is_flag=True, help="Fill in the pages without a browser (development mode).")
@click.option("--device", is_flag=True, help="Sign in as a device that only shows a code.")
@click.option("--password-stdin", is_flag=True, help="With --headless: read the password from standard input.")
@click.option(
    "--client-id", help="With a browser: a native client with the redirect address http://127.0.0.1/callback."
)
@json_option
@with_app
def try_(
    *,
    no_browser: bool,
    email: str | None,
    headless: bool,
    device: bool,
    password_stdin: bool,
    client_id: str | None,
    as_json: bool,
) -> None:
    r"""Sign in once from this terminal and check the token.

    \b
    Examples:
      idp try
      idp try --no-browser
      idp try --user alice --headless
      idp try --device
    """
    if device:
        raise SystemExit(OK if trial.run_device(client_id=client_id, as_json=as_json) else FAILED)
    if headless != bool(email):
        raise click.UsageError("--headless and --user go together")
    password = read_secret(from_stdin=True, prompt="Password") if password_stdin else None
    good = trial.run(email=email, password=password, client_id=client_id, show=not no_browser, as_json=as_json)
    raise SystemExit(OK if good else FAILED)
