"""Commands that look at tokens: what they would say, and what one says."""

import json
from dataclasses import asdict
from functools import partial
from typing import IO

import click

from idp.accounts.service import get_by_name
from idp.core.cli import FAILED, USAGE, emit, fail, json_option, with_app
from idp.keyring import service as keyring
from idp.oauth.authorize.claims_request import BadClaims, parse_claims
from idp.oauth.errors import Refused
from idp.oauth.oversight.inspection import Inspection, inspect
from idp.oauth.tokens.comparing import SAME, Pair, compare
from idp.oauth.tokens.preview import Document, Preview, Reason, preview_tokens


@click.group()
def token() -> None:
    r"""Look at tokens.

    \b
    Examples:
      idp token preview --user alice@example.com --client demo-web --scope "openid email"
      idp token preview --user alice@example.com --client demo-web --compare-user bob@example.com --json
      idp token inspect - < token.txt
    """


@token.command()
@click.option("--user", "name", required=True, help="A person by address, user name or id.")
@click.option("--client", "client_id", required=True, help="An app by its client id.")
@click.option("--scope", default="openid", show_default=True, help="The scopes, in one text with spaces between.")
@click.option("--resource", help="The API the access token is for.")
@click.option("--claims", help="The claims parameter, as JSON (OIDC Core §5.5).")
@click.option("--compare-user", help="A second person beside the first.")
@click.option("--compare-scope", help="Other scopes beside the first, in one text with spaces between.")
@json_option
@with_app
def preview(
    name: str, client_id: str, scope: str, resource: str | None, claims: str | None, compare_user: str | None,
    compare_scope: str | None, as_json: bool,
) -> None:  # fmt: skip
    r"""Show what tokens would say about a person, and why; nothing is signed.

    With a second person or other scopes it says of each claim whether it differs.

    \b
    Examples:
      idp token preview --user alice@example.com --client demo-web --scope "openid roles"
      idp token preview --user alice@example.com --client demo-web --compare-user bob@example.com
      idp token preview --user alice@example.com --client demo-web --compare-scope "openid profile" --json
    """
    look = partial(_preview, client_id, resource=resource, claims=claims)
    first = look(name, scope)
    if compare_user is None and compare_scope is None:
        emit(asdict(first), as_json=as_json, human=lambda _data: _page(first))
        return
    second = look(compare_user or name, scope if compare_scope is None else compare_scope)
    found = compare(first, second)
    data = {
        "first": asdict(first), "second": asdict(second),
        "differences": {title: [asdict(pair) for pair in pairs if pair.verdict != SAME]
                        for title, pairs in found.items()},
    }  # fmt: skip
    emit(data, as_json=as_json, human=lambda _data: _compared(first, second, found))


def _preview(client_id: str, name: str, scope: str, *, resource: str | None, claims: str | None) -> Preview:
    try:
        asked = parse_claims(claims) if claims else None
        return preview_tokens(client_id, get_by_name(name).id, scope.split(), resource=resource, claims=asked)
    except BadClaims as error:
        fail(f"--claims: {error}", USAGE)
    except Refused as refused:
        fail(refused.detail or str(refused.error))


@token.command("inspect")
@click.argument("file", type=click.File("r"))
@json_option
@with_app
def inspect_(file: IO[str], as_json: bool) -> None:
    r"""Show what a token says and whether it is good; it comes in a file or, as -, on standard input.

    \b
    Example:
      idp token inspect - < token.txt
    """
    found = inspect(file.read(keyring.LONGEST + 1))
    emit({**asdict(found), "times": found.times}, as_json=as_json, human=lambda _data: _inspected(found))
    if not found.active:
        raise SystemExit(FAILED)


def _inspected(found: Inspection) -> str:
    lines = [str(found.verdict), "active" if found.active else f"not active: {found.reason}"]
    return "\n".join(lines + [f"  {name:<12} {json.dumps(value)}" for name, value in found.claims.items()])


def _page(found: Preview) -> str:
    lines = [f"The sign-in would be refused: {found.refusal}."] if found.refusal else []
    lines += [f"{row.name}: {row.why}" for row in found.refused_scopes]
    for title, document in (("ID token", found.id_token), ("Access token", found.access_token),
                            ("UserInfo", found.userinfo)):  # fmt: skip
        lines += ["", title, *_rows(document)]
    return "\n".join(lines).strip()


def _compared(first: Preview, second: Preview, found: dict[str, list[Pair]]) -> str:
    lines = [
        f"{number}: the sign-in would be refused: {one.refusal}."
        for number, one in (("first", first), ("second", second))
        if one.refusal
    ]
    for title, pairs in found.items():
        lines += ["", title, *(line for pair in pairs for line in _pair(pair))]
    return "\n".join(lines).strip()


def _pair(pair: Pair) -> list[str]:
    if pair.verdict == SAME:
        return [f"  {pair.name:<22} same"]
    sides = (("first", pair.first), ("second", pair.second))
    return [f"  {pair.name:<22} {pair.verdict}", *(f"    {number:<20} {_side(reason)}" for number, reason in sides)]


def _side(reason: Reason | None) -> str:
    if reason is None:
        return "-"
    value = "-" if reason.value is None else json.dumps(reason.value, ensure_ascii=False)
    return f"{value}  ({reason.why})"


def _rows(document: Document) -> list[str]:
    if document.claims is None:
        return [f"  {document.absent}"]
    shown = [f"  {row.name:<22} {json.dumps(row.value, ensure_ascii=False)}  ({row.why})" for row in document.sources]
    return shown + [f"  {row.name:<22} -  ({row.why})" for row in document.missing]
