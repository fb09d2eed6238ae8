"""Write a file of the trail, remember what went out, and sign a manifest of it."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from idp.audit import chain
from idp.audit.exporting import write_numbered
from idp.audit.origin import Purged
from idp.audit.reading import Wanted
from idp.audit.service import newest_id, record
from idp.audit.tags import Tag
from idp.audit_files.models import AuditFile
from idp.core.clock import now
from idp.core.db import db, transaction
from idp.core.errors import DomainError, NotFound
from idp.core.retention import kept
from idp.core.secrets import equal, new_id
from idp.core.settings import settings
from idp.keyring import service as keyring

TYPE = "audit-file+jwt"
"""The type in the header of a manifest: nothing of ours takes it for a token."""
KEPT = kept(_l("Records of exported files of the trail"), timedelta(days=365))


class NotOurFile(DomainError):
    """A manifest is not ours, or the file is not the one it tells of."""


def begin(form: str, wanted: Wanted, filters: dict[str, Any]) -> tuple[str, Iterator[bytes]]:
    """Record that a file goes out; return its id and its parts. When all of them were read, it has a manifest."""
    upto, file_id = newest_id(), new_id()
    # What was looked for may be somebody's address, which would stay in the trail when they are gone.
    filters = {**filters, "text": "…"} if filters.get("text") else filters
    record(Tag.AUDIT_EXPORTED, format=form, filters=filters, file=file_id)
    return file_id, _write(AuditFile(id=file_id, format=form, filters=filters), wanted, upto)


def list_files(*, limit: int = 20) -> list[AuditFile]:
    """List the newest files that were read to their end."""
    query = select(AuditFile).order_by(AuditFile.created_at.desc(), AuditFile.id.desc()).limit(limit)
    return list(db.session.execute(query).scalars())


def sign_manifest(file_id: str) -> str:
    """Return the signed manifest of a file, a JWS (RFC 7515 §7.1); raise NotFound."""
    row = db.session.execute(select(AuditFile).where(AuditFile.id == file_id[:26])).scalar()
    if row is None:
        raise NotFound(_l("There is no such file."))
    claims = {
        "iss": settings().issuer, "iat": int(row.created_at.timestamp()), "jti": row.id, "format": row.format,
        "filters": row.filters, "events": row.events, "first_event": row.first_event, "last_event": row.last_event,
        "sha256": row.sha256, "chain": {"position": row.position, "head": row.head},
    }  # fmt: skip
    return keyring.sign(claims, typ=TYPE)


def verify(parts: Iterable[bytes], manifest: str) -> dict[str, Any]:
    """Check that a file is the one of a manifest of ours, and that the chain has what it had; raise NotOurFile.

    `purged_since` tells that the chain has that place no more: then the signature alone vouches for the file.
    """
    try:
        claims = keyring.verify_lasting(manifest.strip(), types={TYPE})
    except keyring.InvalidToken as error:
        raise NotOurFile(f"the manifest was not signed by this server, or its key is not trusted: {error}") from error
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    if not equal(digest.hexdigest(), str(claims.get("sha256"))):
        raise NotOurFile("the file is not the one of the manifest, or it was changed")
    return {**claims, "purged_since": not _is_in_chain(claims.get("chain"))}


def sweep() -> int:
    """Forget files of long ago; return how many."""
    with transaction() as session:
        return int(session.execute(delete(AuditFile).where(AuditFile.created_at < now() - KEPT)).rowcount)  # type: ignore[attr-defined]


def _write(row: AuditFile, wanted: Wanted, upto: int) -> Iterator[bytes]:
    digest, row.events = hashlib.sha256(), 0
    for number, text in write_numbered(row.format, wanted, upto=upto):
        part = text.encode()
        digest.update(part)
        if number is not None:
            row.events += 1
            row.first_event, row.last_event = row.first_event or number, number
        yield part
    row.sha256, row.created_at = digest.hexdigest(), now()
    row.position, row.head = chain.head()
    with transaction() as session:
        session.add(row)


def _is_in_chain(told: Any) -> bool:
    """Tell whether the chain still has the place a manifest tells of, or it was purged; raise NotOurFile if changed."""
    position, head = (told.get("position"), told.get("head")) if isinstance(told, dict) else (None, None)
    if not isinstance(position, int):
        raise NotOurFile("the manifest tells nothing of the chain")
    try:
        found = chain.hash_at(position)
    except Purged:
        return False
    if position and found != head:
        raise NotOurFile(f"the event at position {position} is not the one of the manifest: the chain was rewritten")
    return True
