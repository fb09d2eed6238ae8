"""`idp try`."""

import click

from idp.core.cli import FAILED, OK, json_option, read_secret, with_app
from idp.operate import trial


@click.command("try")
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening a browser.")
@click.option("--user", "email", help="With --headless: whose sign-in; `alice` is enough for a demo person.")
@click.option("--headless", is_flag=True, help="Fill in the pages without a browser (development mode).")
@click.option("--password-stdin", is_flag=True, help="With --headless: read the password from standard input.")
@click.option("--client-id", help="A native client with the redirect address http://127.0.0.1/callback.")
@json_option
@with_app
def try_(
    *, no_browser: bool, email: str | None, headless: bool, password_stdin: bool, client_id: str | None, as_json: bool
) -> None:
    r"""Sign in once from this terminal and check the token.

    \b
    Examples:
      idp try
      idp try --no-browser
      idp try --user alice --headless
    """
    if headless != bool(email):
        raise click.UsageError("--headless and --user go together")
    password = read_secret(from_stdin=True, prompt="Password") if password_stdin else None
    good = trial.run(email=email, password=password, client_id=client_id, show=not no_browser, as_json=as_json)
    raise SystemExit(OK if good else FAILED)
