"""Whose backup an archive is: its manifest bears a code that only the house with its key files can make.

The digests in a manifest tell damage; whoever changes an archive writes them anew. The dump is run by the database, so
one that somebody else wrote does what they want.
"""

import hashlib
import hmac

from idp.core import cipher
from idp.core.cli import CONFLICT
from idp.core.secrets import equal
from idp.operate.backup.archive import Archive, Manifest
from idp.operate.backup.refusals import RefusedBackup


def prove(manifest: Manifest) -> Manifest:
    """Return a manifest with the code of this house; without one where it has no key files."""
    try:
        return manifest.model_copy(update={"code": _code_of(manifest)})
    except cipher.CipherError:
        return manifest


def is_ours(manifest: Manifest) -> bool:
    """Tell whether this house made exactly this manifest; False also where nobody can tell."""
    try:
        return manifest.code is not None and equal(manifest.code, _code_of(manifest))
    except cipher.CipherError:
        return False


def check_ours(found: Archive) -> None:
    """Raise RefusedBackup unless this house made an archive, or where nobody can tell."""
    if is_ours(found.manifest):
        return
    try:
        cipher.keychain()
    except cipher.CipherError as error:
        raise RefusedBackup(
            f"whose backup this is cannot be checked: {error}. Put the key files back first, or say --force", CONFLICT
        ) from error
    why = "made by another house or changed"
    if found.manifest.code is None:
        why += ", or by a version of idp that did not mark its backups"
    raise RefusedBackup(
        f"the backup was {why}: it does not bear the mark of this server's key files. Whatever is in it would be run "
        "by the database. If you know where it comes from, say --force",
        CONFLICT,
    )


def _code_of(manifest: Manifest) -> str:
    # Without what is as by default: fields that a later version adds do not change what an older one wrote.
    body = manifest.model_dump_json(exclude={"code"}, exclude_defaults=True).encode()
    return hmac.new(cipher.derive("backup"), body, hashlib.sha256).hexdigest()
