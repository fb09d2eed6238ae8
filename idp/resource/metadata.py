"""What an API tells about itself, so that a client finds the issuer it must ask (RFC 9728)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

WELL_KNOWN = "/.well-known/oauth-protected-resource"


def metadata_url(resource: str) -> str | None:
    """Return where the metadata of a resource is; None when its identifier is no web address (RFC 9728 §3.1)."""
    parts = urlsplit(resource)
    if parts.scheme not in {"https", "http"} or not parts.netloc or parts.fragment:
        return None
    return urlunsplit((parts.scheme, parts.netloc, WELL_KNOWN + parts.path.rstrip("/"), parts.query, ""))


def metadata_paths(resource: str) -> set[str]:
    """Return the paths at which the metadata is served: its own, and the plain one where clients look next."""
    url = metadata_url(resource)
    return {urlsplit(url).path, WELL_KNOWN} if url else set()


def metadata_document(resource: str, issuer: str, scopes: Iterable[str] = ()) -> dict[str, Any]:
    """Return the metadata (RFC 9728 §2)."""
    document = {
        "resource": resource,
        "authorization_servers": [issuer],
        "bearer_methods_supported": ["header"],
        "scopes_supported": list(scopes),
    }
    return {name: value for name, value in document.items() if value}
