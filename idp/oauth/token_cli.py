"""Commands that look at tokens: what they would say, and what one says."""

import json
from dataclasses import asdict
from typing import IO, Any

import click

from idp.accounts.service import get_by_name
from idp.core.cli import FAILED, emit, fail, json_option, with_app
from idp.keyring import service as keyring
from idp.oauth.errors import Refused
from idp.oauth.inspection import Inspection, inspect
from idp.oauth.tokens.preview import Document, preview_tokens


@click.group()
def token() -> None:
    r"""Look at tokens.

    \b
    Examples:
      idp token preview --user alice@example.com --client demo-web --scope "openid email"
      idp token inspect - < token.txt
    """


@token.command()
@click.option("--user", "name", required=True, help="A person by address, user name or id.")
@click.option("--client", "client_id", required=True, help="An app by its client id.")
@click.option("--scope", default="openid", show_default=True, help="The scopes, in one text with spaces between.")
@click.option("--resource", help="The API the access token is for.")
@json_option
@with_app
def preview(name: str, client_id: str, scope: str, resource: str | None, as_json: bool) -> None:
    """Show what tokens would say about a person, and why; nothing is signed."""
    try:
        found = preview_tokens(client_id, get_by_name(name).id, scope.split(), resource=resource)
    except Refused as refused:
        fail(refused.detail or str(refused.error))
    emit(asdict(found), as_json=as_json, human=lambda _data: _page(found))


@token.command("inspect")
@click.argument("file", type=click.File("r"))
@json_option
@with_app
def inspect_(file: IO[str], as_json: bool) -> None:
    """Show what a token says and whether it is good; it comes in a file or, as -, on standard input."""
    found = inspect(file.read(keyring.LONGEST + 1))
    emit({**asdict(found), "times": found.times}, as_json=as_json, human=lambda _data: _inspected(found))
    if not found.active:
        raise SystemExit(FAILED)


def _inspected(found: Inspection) -> str:
    lines = [str(found.verdict), "active" if found.active else f"not active: {found.reason}"]
    return "\n".join(lines + [f"  {name:<12} {json.dumps(value)}" for name, value in found.claims.items()])


def _page(found: Any) -> str:
    lines = [f"The sign-in would be refused: {found.refusal}."] if found.refusal else []
    lines += [f"{row.name}: {row.why}" for row in found.refused_scopes]
    for title, document in (("ID token", found.id_token), ("Access token", found.access_token),
                            ("UserInfo", found.userinfo)):  # fmt: skip
        lines += ["", title, *_rows(document)]
    return "\n".join(lines).strip()


def _rows(document: Document) -> list[str]:
    if document.claims is None:
        return [f"  {document.absent}"]
    shown = [f"  {row.name:<22} {json.dumps(row.value, ensure_ascii=False)}  ({row.why})" for row in document.sources]
    return shown + [f"  {row.name:<22} -  ({row.why})" for row in document.missing]
