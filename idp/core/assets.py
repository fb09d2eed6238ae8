"""Addresses of our static files: named by their content, so that browsers may keep them for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import current_app, url_for

from idp.core.settings import settings

FOR_EVER = "public, max-age=31536000, immutable"
"""What a browser is told about a file whose address changes with its content."""


def asset(name: str) -> str:
    """Return the address of a static file, with the hash of its content."""
    return url_for("static", filename=name, v=version_of(name))


def version_of(name: str) -> str:
    """Return the first digits of the SHA-256 of a static file; it is read once, in development at every change."""
    path = Path(current_app.static_folder or "") / name
    return _content_hash(path, path.stat().st_mtime_ns if settings().development else 0)


@lru_cache(maxsize=256)
def _content_hash(path: Path, changed: int) -> str:
    del changed
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
