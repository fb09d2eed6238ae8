"""Commands of clients and their secrets."""

import sys
from typing import Any

import click

from idp.clients import copying, service
from idp.clients.commands.options import CLEARABLE, describe, describing_options, fields_named, read_options, warn_about
from idp.clients.commands.secrets import secret
from idp.clients.listing import STATES, Wanted, find_clients
from idp.clients.snippets import LABELS, snippets_of
from idp.clients.snippets import snippet as make_snippet
from idp.clients.types import SECRET_METHODS, TYPES
from idp.core.cli import USAGE, ask, emit, fail, json_option, with_app, yes_option

_PAGE = 500


@click.group()
def client() -> None:
    r"""Look after the apps that sign people in, call APIs, or are APIs.

    \b
    Examples:
      idp client add --name "My app" --type web --redirect-uri https://app.example.com/callback
      idp client add --name Worker --type machine --api https://api.example.com --scope "articles.read"
      idp client secret add CLIENT_ID --label "2027"
      idp client snippet CLIENT_ID --kind flask
    """


@client.command()
@click.option("--name", help="What people read on the consent page.")
@click.option("--client-id", help="A client id of your choice; else one is made.")
@describing_options
@json_option
@with_app
def add(name: str | None, client_id: str | None, as_json: bool, **given: Any) -> None:
    r"""Register an app; its secret is shown this once.

    \b
    Examples:
      idp client add --name "My app" --type web --redirect-uri https://app.example.com/callback
      idp client add --metadata-url https://app.example.com/oauth-client.json
    """
    with fields_named():
        values = read_options(given)
        values["name"] = name or values.get("name") or _ask("Name of the app", "--name")
        values["type"] = values.get("type") or "web"
        if TYPES[values["type"]].redirects and not values.get("redirect_uris"):
            values["redirect_uris"] = [_ask("Address people come back to", "--redirect-uri")]
        row, secret = service.create_client(client_id=client_id, **values)
    warn_about(row)
    emit(describe(row, secret=secret), as_json=as_json, human=_page)


@client.command("list")
@click.option("--search", default="", help="Start of a name or an id.")
@click.option("--type", "kind", type=click.Choice(list(TYPES)), help="Apps of this kind.")
@click.option("--state", type=click.Choice(STATES), help="Those that are on, or off.")
@click.option("--unused", is_flag=True, help="Those that nobody used for 90 days.")
@json_option
@with_app
def list_(as_json: bool, kind: str | None, state: str | None, **wanted: Any) -> None:
    r"""List the apps.

    \b
    Examples:
      idp client list --search shop
      idp client list --state on --unused --json
    """
    rows, after = [], ""
    while page := find_clients(Wanted(limit=_PAGE, after=after, type=kind or "", state=state or "", **wanted)):
        rows += [describe(row) for row in page]
        after = page[-1].id
    emit(rows, as_json=as_json, human=_table)


@client.command()
@click.argument("client_id", metavar="CLIENT")
@json_option
@with_app
def show(client_id: str, as_json: bool) -> None:
    r"""Show an app.

    \b
    Example:
      idp client show CLIENT_ID --json
    """
    emit(describe(service.get_client(client_id)), as_json=as_json, human=_page)


@client.command()
@click.argument("client_id", metavar="CLIENT")
@click.option("--name", help="What people read on the consent page.")
@describing_options
@click.option("--clear", multiple=True, type=click.Choice(CLEARABLE), help="A field to take away. Repeatable.")
@json_option
@with_app
def edit(client_id: str, name: str | None, clear: tuple[str, ...], as_json: bool, **given: Any) -> None:
    r"""Change an app: what is given replaces what was there.

    \b
    Examples:
      idp client edit CLIENT_ID --redirect-uri https://app.example.com/callback
      idp client edit CLIENT_ID --clear logo_uri
    """
    before = service.get_client(client_id)
    with fields_named():
        values = {**dict.fromkeys(clear), **read_options({"name": name, **given})}
        if "metadata_" in values:
            values["metadata_"] = {**before.metadata_, **values["metadata_"]}
        row = service.update_client(client_id, values)
    warn_about(row)
    if row.token_endpoint_auth_method in SECRET_METHODS and not service.list_secrets(client_id):
        click.echo(f"idp: it has no secret yet. Make one: idp client secret add {client_id}", err=True)
    emit(describe(row), as_json=as_json, human=_page)


@client.command()
@click.argument("client_id", metavar="CLIENT")
@click.option("--name", required=True, help="What people read of the new one.")
@json_option
@with_app
def duplicate(client_id: str, name: str, as_json: bool) -> None:
    r"""Register an app with the settings of another, and a secret of its own that is shown this once.

    \b
    Example:
      idp client duplicate CLIENT_ID --name "My app, staging"
    """
    with fields_named():
        row, secret = copying.duplicate(client_id, name=name)
    emit(describe(row, secret=secret), as_json=as_json, human=_page)


@client.command()
@click.argument("client_id", metavar="CLIENT")
@json_option
@with_app
def disable(client_id: str, as_json: bool) -> None:
    r"""Turn an app off; everything it was granted ends at once.

    \b
    Example:
      idp client disable CLIENT_ID
    """
    service.disable_client(client_id)
    emit(describe(service.get_client(client_id)), as_json=as_json, human=f"{client_id} is off.")


@client.command()
@click.argument("client_id", metavar="CLIENT")
@json_option
@with_app
def enable(client_id: str, as_json: bool) -> None:
    r"""Turn an app on again; people sign in to it anew.

    \b
    Example:
      idp client enable CLIENT_ID
    """
    service.enable_client(client_id)
    emit(describe(service.get_client(client_id)), as_json=as_json, human=f"{client_id} is on.")


@client.command()
@click.argument("client_id", metavar="CLIENT")
@yes_option
@json_option
@with_app
def delete(client_id: str, yes: bool, as_json: bool) -> None:
    r"""Delete an app with everything it was granted.

    \b
    Example:
      idp client delete CLIENT_ID
    """
    row = service.get_client(client_id)
    ask(f"Delete {row.name} ({client_id}) and everything it was granted?", yes=yes)
    service.delete_client(client_id)
    emit({"client_id": client_id, "deleted": True}, as_json=as_json, human=f"{client_id} is deleted.")


@client.command()
@click.argument("client_id", metavar="CLIENT")
@click.option("--kind", type=click.Choice(list(LABELS)), help="For what; else what suits the app best.")
@json_option
@with_app
def snippet(client_id: str, kind: str | None, as_json: bool) -> None:
    r"""Print how to sign in through an app, with its own values filled in; its secret is never in it.

    \b
    Examples:
      idp client snippet CLIENT_ID
      idp client snippet CLIENT_ID --kind express > server.mjs
      idp client snippet CLIENT_ID --kind env
    """
    row = service.get_client(client_id)
    fit = snippets_of(row)
    if kind is not None and kind not in fit:
        fail(f"this app has snippets of these kinds: {', '.join(fit)}", USAGE)
    chosen = kind or next(iter(fit))
    text = make_snippet(row, chosen)
    data = {"client_id": row.id, "kind": chosen, "label": LABELS[chosen], "kinds": list(fit), "snippet": text}
    emit(data, as_json=as_json, human=text.rstrip("\n"))


client.add_command(secret)


def _ask(question: str, option: str) -> str:
    """Ask the person at the terminal for what is missing; leave where there is nobody to ask."""
    if not sys.stdin.isatty():
        fail(f"{option} is missing", USAGE)
    return str(click.prompt(question, err=True))


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No apps. Register one: idp client add"
    lines = [f"{'CLIENT':<28} {'NAME':<28} {'TYPE':<8} STATE"]
    lines += [
        f"{row['client_id']:<28} {row['client_name']:<28} {row['type']:<8} {'on' if row['enabled'] else 'off'}"
        for row in rows
    ]
    return "\n".join(lines)


def _page(data: dict[str, Any]) -> str:
    shown = {name: value for name, value in data.items() if value not in ([], None, "", {})}
    secret_value = shown.pop("client_secret", None)
    lines = [f"{name:<28} {_plain(value)}" for name, value in shown.items() if name != "jwks"]
    if secret_value:
        lines += ["", f"{'client_secret':<28} {secret_value}", "", "The secret is shown this once."]
    return "\n".join(lines)


def _plain(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
