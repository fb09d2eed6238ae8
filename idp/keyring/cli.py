"""Commands of the signing keys."""

import sys
from typing import IO, Any

import click

from idp.core.cli import USAGE, ask, emit, fail, json_option, with_app, yes_option
from idp.core.clock import now
from idp.keyring import service
from idp.keyring.errors import LockedKey
from idp.keyring.importing import LARGEST, MOST_DAYS
from idp.keyring.losing import find_young, lost_in_emergency, lost_with_key, lost_with_promotion
from idp.keyring.models import SigningKey, State
from idp.keyring.pairs import ALGORITHMS
from idp.keyring.times import known_at

_MEANING = {
    State.NEXT: "is published, signs later",
    State.ACTIVE: "signs",
    State.VERIFY_ONLY: "verifies what it signed",
    State.RETIRED: "is refused",
}
_algorithm = click.option(
    "--alg", type=click.Choice(ALGORITHMS), default="RS256", show_default=True, help="The algorithm."
)


@click.group()
def key() -> None:
    r"""Look after the keys that sign tokens.

    \b
    Examples:
      idp key list
      idp key rotate
      idp key export --public KID > key.pem
      idp key import old.pem --verify-only
      idp key rotate --emergency     a key has leaked: refuse everything it signed, now
    """


@key.command("list")
@click.option("--all", "with_retired", is_flag=True, help="Retired keys too.")
@json_option
@with_app
def list_(with_retired: bool, as_json: bool) -> None:
    r"""List the keys, newest first.

    \b
    Example:
      idp key list --all
    """
    rows = [row for row in service.list_keys() if with_retired or row.state != State.RETIRED]
    emit([as_dict(row) for row in rows], as_json=as_json, human=_table)


@key.command("next")
@_algorithm
@json_option
@with_app
def next_(alg: str, as_json: bool) -> None:
    r"""Publish the key that will sign next.

    \b
    Example:
      idp key next --alg ES256
    """
    _tell(service.prepare_next(alg), as_json=as_json)


@key.command()
@_algorithm
@click.option("--force", is_flag=True, help="Even if apps may not know the key yet, and refuse its tokens a while.")
@yes_option
@json_option
@with_app
def promote(alg: str, force: bool, yes: bool, as_json: bool) -> None:
    r"""Let the next key sign; asks while it has been published for less than a day.

    \b
    Examples:
      idp key promote
      idp key promote --yes
    """
    young = find_young(alg)
    if young is not None and known_at(young) <= now():
        ask("Let the next key sign now?", lost_with_promotion(alg), yes=yes or force)
    _tell(service.promote(alg, force=force), as_json=as_json)


@key.command()
@_algorithm
@click.option("--emergency", is_flag=True, help="A new key signs at once; all older keys are refused.")
@yes_option
@json_option
@with_app
def rotate(alg: str, emergency: bool, yes: bool, as_json: bool) -> None:
    r"""Move on to the next key as soon as every app can know it.

    \b
    Examples:
      idp key rotate
      idp key rotate --emergency
      idp key rotate --emergency --yes
    """
    if emergency:
        ask("Refuse every key and begin with a new one?", lost_in_emergency(), yes=yes)
    _tell(service.rotate(alg, emergency=emergency), as_json=as_json)


@key.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--verify-only", is_flag=True, help="It signs nothing here: what it signed elsewhere goes on verifying.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), help="With --verify-only: how long it is published.")
@click.option("--kid", help="The id it had elsewhere; else the thumbprint of the key.")
@click.option("--alg", type=click.Choice(ALGORITHMS), help="Else the usual one of such a key.")
@click.option("--password-file", type=click.File("rb"), help="Its first line is the password of an encrypted key.")
@json_option
@with_app
def import_(*, file: IO[bytes], password_file: IO[bytes] | None, as_json: bool, **given: Any) -> None:
    r"""Publish a key of another provider, in PEM: it signs next here or, with --verify-only, signs nothing.

    \b
    Examples:
      idp key import old.pem
      idp key import old.pem --password-file password.txt
      idp key import old-public.pem --verify-only --days 30 --kid the-id-it-had
    """
    pem = file.read(LARGEST)
    password = password_file.read(1024).splitlines()[:1] if password_file else []
    try:
        row = service.import_key(pem, password=password[0].decode("utf-8", "replace") if password else None, **given)
    except LockedKey:
        if not sys.stdin.isatty():
            fail("the key is encrypted: name a file that holds its password with --password-file", USAGE)
        row = service.import_key(pem, password=click.prompt("Its password", hide_input=True, err=True), **given)
    _tell(row, as_json=as_json)


@key.command()
@click.argument("kid")
@click.option("--at-once", is_flag=True, help="Even while tokens of the key are alive.")
@yes_option
@json_option
@with_app
def retire(kid: str, at_once: bool, yes: bool, as_json: bool) -> None:
    r"""Refuse everything a key has signed.

    \b
    Examples:
      idp key retire KID
      idp key retire KID --at-once
      idp key retire KID --at-once --yes
    """
    if at_once:
        ask(f"Retire the key {kid}?", lost_with_key(service.get_key(kid)), yes=yes)
    service.retire(kid, at_once=at_once)
    _tell(service.get_key(kid), as_json=as_json)


@key.command()
@click.argument("kid")
@click.option(
    "--public", is_flag=True, required=True, help="The public half; the private one never leaves the database."
)
@json_option
@with_app
def export(kid: str, public: bool, as_json: bool) -> None:
    r"""Write the public half of a key as PEM; with --json as a JWK.

    \b
    Example:
      idp key export KID --public > key.pem
    """
    del public
    pem, jwk = service.export_public(kid)
    emit(jwk, as_json=as_json, human=pem.rstrip())


def as_dict(row: SigningKey) -> dict[str, Any]:
    """Describe a key; never its private half."""
    return {
        "kid": row.kid,
        "alg": row.alg,
        "state": row.state,
        "created_at": row.created_at,
        "signs_from": row.activated_at or row.promote_at,
        "verifies_until": row.retire_at,
        "tokens_since": service.tokens_since(row),
        "tokens_until": service.tokens_until(row),
        "retired_at": row.retired_at,
        "public_jwk": row.public_jwk,
    }


def _tell(row: SigningKey, *, as_json: bool) -> None:
    emit(as_dict(row), as_json=as_json, human=_sentence)


def _sentence(data: dict[str, Any]) -> str:
    text = f"Key {data['kid']} ({data['alg']}) {_MEANING[State(data['state'])]}."
    if data["state"] == State.NEXT and data["signs_from"]:
        text += f" The worker lets it sign from {data['signs_from']:%Y-%m-%d %H:%M} UTC on."
    return text


def _table(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No keys. Make the first one: idp init"
    lines = [f"{'KID':<44} {'ALG':<8} {'STATE':<12} {'CREATED':<17} SIGNS FROM"]
    for row in rows:
        signs = f"{row['signs_from']:%Y-%m-%d %H:%M}" if row["signs_from"] else ""
        lines.append(f"{row['kid']:<44} {row['alg']:<8} {row['state']:<12} {row['created_at']:%Y-%m-%d %H:%M}  {signs}")
    return "\n".join(line.rstrip() for line in lines)
