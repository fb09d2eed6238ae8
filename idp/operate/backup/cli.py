"""`idp db backup` and `idp db restore`."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from idp.core.cli import CONFLICT, emit, fail, json_option, with_app
from idp.core.settings import settings
from idp.jobs import service as jobs
from idp.operate import schema
from idp.operate.backup import proof, service
from idp.operate.backup.archive import Archive, open_archive
from idp.operate.backup.refusals import RefusedBackup
from idp.outbox import service as outbox

_FILE = click.Path(dir_okay=False, path_type=Path)
_OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _refusing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a refusal into one line and its exit code."""

    @wraps(command)
    def run(*args: Any, **values: Any) -> Any:
        try:
            return command(*args, **values)
        except RefusedBackup as refusal:
            fail(str(refusal), refusal.code)
        except OSError as error:
            fail(f"{error.filename or 'file'}: {error.strerror or type(error).__name__}")

    return run


@click.command()
@click.argument("file", type=_FILE)
@click.option("--with-keys", is_flag=True, help="The key files too: whoever has the archive has everything then.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@json_option
@with_app
@_refusing
def backup(file: Path, with_keys: bool, force: bool, as_json: bool) -> None:
    r"""Copy the database into one file while the server runs; the key files are not in it.

    \b
    Examples:
      idp db backup idp-copy.tar
      idp db backup idp-copy.tar --force --json
    """
    made = service.back_up(file, with_keys=with_keys, force=force)
    data = {**_describe(made), "bytes": file.stat().st_size, "with_keys": with_keys,
            "keys_dir": str(settings().keys_dir)}  # fmt: skip
    emit(data, as_json=as_json, human=_made)


@click.command()
@click.argument("file", type=_OLD_FILE)
@click.option("--yes", is_flag=True, help="Don't ask before a database that is not empty is replaced.")
@click.option(
    "--force", is_flag=True, help="Even while a server may be at work, or of a backup that may not be of this house."
)
@click.option("--with-keys", is_flag=True, help="The key files of the archive too, where they are missing here.")
@json_option
@with_app
@_refusing
def restore(file: Path, yes: bool, force: bool, with_keys: bool, as_json: bool) -> None:
    r"""Set the database back to a backup: what came after it is lost.

    \b
    Examples:
      idp db restore idp-copy.tar
      idp db restore idp-copy.tar --yes
    """
    found = open_archive(file)
    if with_keys and not found.manifest.keys:
        raise RefusedBackup(f"{file} has no key files in it")
    service.check_may_restore(found, force=force)
    is_ours = proof.is_ours(found.manifest)
    _ask(found, yes=yes)
    erased = service.restore(found, with_keys=with_keys)
    state = schema.find_state()
    data = {**_describe(found), "is_ours": is_ours, "pending": state.pending, **_going_on(known=state.is_current),
            "erased_since": erased, "missing_keys": service.missing_keys(found),
            "next": _next(state.pending)}  # fmt: skip
    emit(data, as_json=as_json, human=_restored)


def _ask(found: Archive, *, yes: bool) -> None:
    """Have the host of this server typed before what is there is replaced; leave where nobody can be asked."""
    manifest, here = found.manifest, settings()
    if manifest.issuer != here.issuer:
        click.echo(f"idp: the backup is of {manifest.issuer}, this server is {here.issuer}", err=True)
    if yes or service.is_empty():
        return
    if not sys.stdin.isatty():
        fail("the database is not empty. To replace it: --yes", CONFLICT)
    click.echo(f"Everything since {manifest.at:%Y-%m-%d %H:%M} UTC will be lost.", err=True)
    if click.prompt(f"Type {here.host} to replace the database", err=True).strip() != here.host:
        fail("nothing was changed")


def _describe(found: Archive) -> dict[str, Any]:
    manifest = found.manifest
    return {
        "file": str(found.path),
        "issuer": manifest.issuer,
        "database": manifest.database,
        "revision": manifest.revision,
        "version": manifest.version,
        "made_at": manifest.at,
        "sha256": manifest.files[manifest.dump],
        "key_files": sorted(manifest.sealed_with),
    }


def _going_on(*, known: bool) -> dict[str, int | None]:
    """Count what goes on when a worker starts; in an older schema nobody knows before it is upgraded."""
    return {
        "waiting_deliveries": outbox.counts()["waiting"] if known else None,
        "open_jobs": jobs.count_going() if known else None,
    }


def _next(pending: int) -> list[str]:
    """Return the commands that come next."""
    return [*(["idp db upgrade"] if pending else []), "idp audit verify", "idp doctor"]


def _made(data: dict[str, Any]) -> str:
    lines = [f"{data['file']}: {data['bytes']} bytes, {data['database']}, schema {data['revision']}."]
    names = ", ".join(data["key_files"]) or "none is there"
    if data["with_keys"]:
        lines.append(f"The key files are in it ({names}): whoever has this file has every secret of the server.")
    else:
        lines += [
            f"The key files are NOT in it. They are in {data['keys_dir']} ({names}).",
            "Without them its signing keys and other secrets open to nobody: keep a copy of them in another place.",
        ]
    return "\n".join(lines)


def _restored(data: dict[str, Any]) -> str:
    lines = [f"The database is as it was on {data['made_at']:%Y-%m-%d %H:%M} UTC, schema {data['revision']}."]
    if not data["is_ours"]:
        lines.append(
            "! It could not be checked whose backup it was: made by another house or changed, or no keys here."
        )
    if data["missing_keys"]:
        names = ", ".join(data["missing_keys"])
        lines.append(f"! Put back the key files it was sealed with before you start a server: {names}.")
    if data["waiting_deliveries"]:
        lines.append(f"! {data['waiting_deliveries']} mails and calls that waited then go out, perhaps once more.")
    if data["open_jobs"]:
        lines.append(f"! {data['open_jobs']} imports, purges or other long works go on when a worker starts.")
    lines += _back_again(data["erased_since"])
    lines += [
        "! What was revoked, refused, changed or used up since is as it was before. If a key or a password",
        "  leaked since, repeat what you did then: idp key rotate --emergency, idp user sessions revoke-all.",
        "! Events that were purged since are back; without a retention, purge them again: idp audit purge.",
        "Next:",
    ]
    return "\n".join(
        [*lines, *(f"  {command}" for command in data["next"]), "  and start every server and worker anew."]
    )


def _back_again(erased: list[str] | None) -> list[str]:
    """Say how those are erased again who were erased since."""
    if erased is None:
        where = "docs/how-to/backup-restore.md"
        return [f"! Who was erased since is back, and the database that was replaced named nobody: see {where}."]
    if not erased:
        return []
    return [
        f"! Erased since, and back now: {len(erased)} people. To erase them again:",
        *(f"  idp user delete {user_id} --at-once --yes" for user_id in erased),
    ]
