"""Encryption at rest: AES-256-GCM under key-encryption keys that live in files, not in the database."""

import base64
import os
import re
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

KEY_FILE = re.compile(r"kek-(\d{4})\.key")
"""What key files are called."""
_EXTENSION = "idp.cipher"


class CipherError(RuntimeError):
    """A key-encryption key is missing, unfit, or not the one that sealed the value."""


class Keychain:
    """The key-encryption keys of one folder; the highest number seals, all of them open."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        if not keys:
            raise CipherError("no key-encryption key")
        self.keys = keys
        self.newest = max(keys)
        self.derived: dict[str, bytes] = {}

    @classmethod
    def load(cls, folder: Path) -> "Keychain":
        """Read every `kek-NNNN.key` of a folder; raise CipherError when there is none or others may read it."""
        files = {int(match[1]): path for path in _entries(folder) if (match := KEY_FILE.fullmatch(path.name))}
        if not files:
            raise CipherError(f"no key-encryption key in {folder}: run `idp init`, or restore kek-0001.key")
        return cls({number: _read(path) for number, path in files.items()})

    def derive(self, purpose: str) -> bytes:
        """Derive the 32-byte key of one purpose from the oldest key, so that it outlives a rotation."""
        if purpose not in self.derived:
            oldest = self.keys[min(self.keys)]
            kdf = HKDF(algorithm=SHA256(), length=32, salt=b"idp", info=purpose.encode())
            self.derived[purpose] = kdf.derive(oldest)
        return self.derived[purpose]

    def seal(self, plain: bytes, *, bound_to: str) -> str:
        """Encrypt bytes so that they open only at the place they are bound to (table:column:row)."""
        nonce = secrets.token_bytes(12)
        box = AESGCM(self.keys[self.newest]).encrypt(nonce, plain, bound_to.encode())
        return f"v1.{self.newest:04d}.{base64.urlsafe_b64encode(nonce + box).decode()}"

    def unseal(self, sealed: str, *, bound_to: str) -> bytes:
        """Decrypt what `seal` made; raise CipherError for another key, another place or an edited value."""
        try:
            version, number, body = sealed.split(".")
            raw = base64.urlsafe_b64decode(body)
            key = self.keys[int(number)]
        except (ValueError, KeyError) as error:
            raise CipherError("sealed value cannot be read, or its key-encryption key is missing") from error
        if version != "v1":
            raise CipherError("sealed value is of an unknown version")
        try:
            return AESGCM(key).decrypt(raw[:12], raw[12:], bound_to.encode())
        except (InvalidTag, ValueError) as error:
            raise CipherError("sealed value does not open with this key-encryption key") from error


def create_first_key(folder: Path) -> bool:
    """Write `kek-0001.key` unless the folder already has a key; return whether it did."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(KEY_FILE.fullmatch(path.name) for path in _entries(folder)):
        return False
    descriptor = os.open(folder / "kek-0001.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def keychain() -> Keychain:
    """Return the application's keys, read from their folder the first time they are needed."""
    chain: Keychain | None = current_app.extensions.get(_EXTENSION)
    if chain is None:
        chain = current_app.extensions[_EXTENSION] = Keychain.load(current_app.extensions["idp.settings"].keys_dir)
    return chain


def seal(plain: bytes, *, bound_to: str) -> str:
    """Encrypt bytes with the application's newest key, bound to their place."""
    return keychain().seal(plain, bound_to=bound_to)


def unseal(sealed: str, *, bound_to: str) -> bytes:
    """Decrypt what `seal` made."""
    return keychain().unseal(sealed, bound_to=bound_to)


def derive(purpose: str) -> bytes:
    """Derive the 32-byte key of one purpose."""
    return keychain().derive(purpose)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _read(path: Path) -> bytes:
    if path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise CipherError(f"{path} can be read or changed by others: run `chmod 600 {path}`")
    try:
        key = base64.b64decode(path.read_text().strip(), validate=True)
    except ValueError as error:
        raise CipherError(f"{path} is not a base64 key") from error
    if len(key) != 32:
        raise CipherError(f"{path} holds {len(key)} bytes, 32 are wanted")
    return key
