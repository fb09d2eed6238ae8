"""The rules of addresses in client metadata, and the one judge of redirect addresses."""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from flask_babel import lazy_gettext as _l

from idp.clients.errors import InvalidMetadata

_BAD = re.compile(r"[\x00-\x20\x7f-\U0010ffff\\<>\"{}|^`]")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*\.[a-z0-9+.-]+")
_LONGEST = 2000
_UNREADABLE = _l("Addresses are absolute, in plain ASCII, without spaces and at most 2,000 characters long.")
_FRAGMENT = _l("Addresses that people return to have no fragment (#).")
_SCHEME = _l(
    "The address must begin with https:// (http:// only on this computer). Native apps may use a scheme such as "
    "com.example.app:."
)
_USERINFO = _l("Addresses hold no user name or password.")
_DOTS = _l("The path holds no . or .. parts.")


def check_redirect(uri: object, field: str, client_type: str) -> str:
    """Check an address people return to; raise InvalidMetadata (RFC 6749 §3.1.2, RFC 8252 §7)."""
    parts = _split(uri, field)
    if "#" in str(uri):
        raise InvalidMetadata(field, _FRAGMENT)
    if parts.scheme in {"https", "http"}:
        _check_web(parts, field)
    elif client_type not in {"native", "device"} or not _PRIVATE_SCHEME.fullmatch(parts.scheme):
        # "apps MUST use a URI scheme based on a domain name under their control" (RFC 8252 §7.1).
        raise InvalidMetadata(field, _SCHEME)
    return str(uri)


def check_page(uri: object, field: str) -> str:
    """Check the address of a page that we link to: https, or http on this computer."""
    parts = _split(uri, field)
    _check_web(parts, field)
    return str(uri)


def matches_redirect(uri: str, registered: Collection[str], *, client_type: str) -> bool:
    """Tell whether an address is registered, byte for byte (RFC 9700 §2.1).

    Only the port of a native app's loopback address may differ (RFC 8252 §7.3).
    """
    if uri in registered:
        return True
    if client_type != "native":
        return False
    return any(_without_port(uri) == _without_port(known) is not None for known in registered)


def origin_of(uri: str) -> str:
    """Return the origin of a web address, or the scheme of another, as `form-action` wants it."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else f"{parts.scheme}:"


def is_loopback_host(host: str | None) -> bool:
    """Tell whether a host is this computer, by its usual name or a literal address."""
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _split(uri: object, field: str) -> SplitResult:
    if not isinstance(uri, str) or not uri or len(uri) > _LONGEST or _BAD.search(uri):
        raise InvalidMetadata(field, _UNREADABLE)
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise InvalidMetadata(field, _UNREADABLE) from error
    if not parts.scheme or uri[: len(parts.scheme)] != parts.scheme:
        raise InvalidMetadata(field, _SCHEME)
    return parts


def _check_web(parts: SplitResult, field: str) -> None:
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise InvalidMetadata(field, _SCHEME)
    if "@" in parts.netloc:
        raise InvalidMetadata(field, _USERINFO)
    if parts.scheme == "http" and not is_loopback_host(parts.hostname):
        raise InvalidMetadata(field, _SCHEME)
    if any(part in {".", ".."} for part in parts.path.split("/")):
        raise InvalidMetadata(field, _DOTS)


def _without_port(uri: str) -> tuple[str, str] | None:
    """Split a loopback literal into what is before and behind its port; None for anything else."""
    match = re.fullmatch(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?((?:/|\?).*)?", uri)
    return (match[1], match[2] or "") if match else None
