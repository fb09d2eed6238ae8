"""The archive: a tar of a manifest, one dump of the database and, where that was asked for, the key files.

Nothing in it decides where it is unpacked: each file is copied to a place of ours, and is what its digest says or is
refused.
"""

import contextlib
import hashlib
import io
import os
import re
import secrets
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from idp.core.cli import CONFLICT
from idp.operate.backup.refusals import RefusedBackup

DUMPS = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
_MANIFEST = "manifest.json"
_LONGEST_MANIFEST = 64 * 1024
_LONGEST_KEY = 1024
_KEY = re.compile(r"keys/kek-([0-9]{4})\.key")
MARK = 16
"""So many characters of the digest of a key file are in a manifest."""
_CHUNK = 1024 * 1024


class Manifest(BaseModel):
    """What an archive says of itself."""

    model_config = ConfigDict(frozen=True)

    format: Literal["idp-backup-1"] = "idp-backup-1"
    issuer: str
    database: Literal["sqlite", "postgresql"]
    revision: str | None
    """Of the schema."""
    version: str
    """Of idp."""
    at: datetime
    files: dict[str, str]
    """SHA-256 of every other file, by its name."""
    sealed_with: dict[str, str]
    """Of each key file that was in use, by its name, the beginning of its SHA-256."""
    code: str | None = None
    """What proves that the house with its key files wrote all this; see `idp.operate.backup.proof`."""

    @property
    def dump(self) -> str:
        """The name of the dump."""
        return DUMPS[self.database]

    @property
    def keys(self) -> list[str]:
        """The names of the key files that are in the archive."""
        return sorted(name for name in self.files if _KEY.fullmatch(name))


@dataclass(frozen=True)
class Archive:
    """An archive whose manifest was read."""

    path: Path
    manifest: Manifest


def write(path: Path, manifest: Manifest, files: dict[str, Path]) -> None:
    """Write an archive beside its place under another name, and move it there when it is whole; mode 0600."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _add(tar, _MANIFEST, manifest.model_dump_json(indent=2).encode() + b"\n", manifest.at)
                for name, source in files.items():
                    _add(tar, name, source, manifest.at)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def open_archive(path: Path) -> Archive:
    """Read the manifest of an archive; raise RefusedBackup for what is none."""
    with _reading(path) as tar:
        member = tar.next()
        file = tar.extractfile(member) if member and member.isreg() and member.name == _MANIFEST else None
        if file is None:
            raise RefusedBackup(f"{path} is not a backup of idp")
        try:
            manifest = Manifest.model_validate_json(file.read(_LONGEST_MANIFEST))
        except ValidationError as error:
            raise RefusedBackup(f"{path} is no backup that this version of idp can read") from error
    if manifest.dump not in manifest.files or manifest.files.keys() - {manifest.dump, *manifest.keys}:
        raise RefusedBackup(f"{path} is no backup that this version of idp can read")
    return Archive(path, manifest)


def take_dump(archive: Archive, place: Path) -> None:
    """Copy the dump out of an archive; raise RefusedBackup unless it is what the manifest says."""
    _take(archive, archive.manifest.dump, place)


def take_keys(archive: Archive, folder: Path) -> list[Path]:
    """Copy the key files into a folder; what is there stays.

    Raises RefusedBackup when another key has the name, and for one that would change which of those there is the
    oldest, from which others are derived, or the newest, which seals.
    """
    held = {name: folder / Path(name).name for name in archive.manifest.keys}
    for name, place in held.items():
        if place.exists() and digest_of(place) != archive.manifest.files[name]:
            raise RefusedBackup(f"{place} is another key than the one in the backup. Move it away first", CONFLICT)
        if archive.manifest.sealed_with.get(place.name) != archive.manifest.files[name][:MARK]:
            raise RefusedBackup(f"{archive.path} is damaged: {name} is not among the keys that sealed what is in it")
    folder.mkdir(parents=True, exist_ok=True)
    missing = {name: place for name, place in held.items() if not place.exists()}
    _check_order(missing, folder)
    for name, place in missing.items():
        _take(archive, name, place, most=_LONGEST_KEY)
    return list(missing.values())


def _check_order(missing: dict[str, Path], folder: Path) -> None:
    here = [int(match[1]) for each in folder.iterdir() if (match := _KEY.fullmatch(f"keys/{each.name}"))]
    for name, place in missing.items():
        number = int(name[-8:-4])
        if here and not min(here) <= number <= max(here):
            raise RefusedBackup(
                f"{place.name} of the backup would be the {'oldest' if number < min(here) else 'newest'} key here. "
                "If you know that it is yours, take it out of the archive by hand",
                CONFLICT,
            )


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _take(archive: Archive, name: str, place: Path, most: int | None = None) -> None:
    """Copy one file out, a piece at a time, and remove it again when it is not what it should be."""
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out, _reading(archive.path) as tar:
            _copy(archive, _pieces(tar, archive.path, name, most), out, name)
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def _copy(archive: Archive, pieces: Iterator[bytes], out: IO[bytes], name: str) -> None:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        out.write(piece)
    out.flush()
    os.fsync(out.fileno())
    if digest.hexdigest() != archive.manifest.files[name]:
        raise RefusedBackup(f"{archive.path} is damaged: {name} is not what its manifest says")


def _pieces(tar: tarfile.TarFile, path: Path, name: str, most: int | None) -> Iterator[bytes]:
    member = next((each for each in tar if each.name == name and each.isreg()), None)
    file = tar.extractfile(member) if member else None
    if member is None or file is None or (most is not None and member.size > most):
        raise RefusedBackup(f"{path} is damaged: {name} is missing, or is no such file")
    while piece := file.read(_CHUNK):
        yield piece


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except (tarfile.TarError, EOFError) as error:
        raise RefusedBackup(f"{path} is not a backup of idp, or it is damaged") from error


def _add(tar: tarfile.TarFile, name: str, what: bytes | Path, at: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.mode, member.mtime = 0o600, int(at.timestamp())
    member.size = len(what) if isinstance(what, bytes) else what.stat().st_size
    with io.BytesIO(what) if isinstance(what, bytes) else what.open("rb") as file:
        tar.addfile(member, file)
