"""Discovery: what a relying party may know of this server, computed from the features that are on.

OpenID Connect Discovery §3 and RFC 8414 §2 are served the same document: each allows the members of the other.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
from flask import current_app

from idp.core.features import Feature, enabled
from idp.core.settings import settings
from idp.oauth.features import FEATURES, grant_types

METADATA_MAX_AGE = 3600
"""How long, in seconds, others may keep the document."""
_EXTENSION = "idp.oauth.metadata"


def metadata_document() -> tuple[bytes, str]:
    """Return the bytes of the document and their entity tag; made once for the settings as they are."""
    present = settings()
    made_for, body, tag = current_app.extensions.get(_EXTENSION, (None, b"", ""))
    if made_for is not present:
        body = orjson.dumps(build_metadata(FEATURES))
        tag = hashlib.sha256(body).hexdigest()[:32]
        current_app.extensions[_EXTENSION] = present, body, tag
    return body, tag


def build_metadata(features: Iterable[Feature]) -> dict[str, Any]:
    """Merge what each feature that is on says of itself: lists are joined, other members are said once."""
    merged: dict[str, Any] = {"issuer": settings().issuer, "grant_types_supported": grant_types()}
    for feature in features:
        for name, value in (feature.metadata() if enabled(feature) else {}).items():
            before = merged.get(name)
            merged[name] = list(dict.fromkeys([*before, *value])) if isinstance(before, list) else value
    return merged
