"""The rules of addresses in client metadata, and the one judge of redirect addresses."""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

from flask_babel import lazy_gettext as _l

from idp.clients.errors import InvalidMetadata

LONGEST = 2000
_UNFIT = re.compile(r"[^\x21-\x7e]|[\\<>\"{}|^`]")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?")
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")
_DOT_PART = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::([1-9]\d{0,4}))?((?:[/?].*)?)")
_UNREADABLE = _l("Addresses are absolute, in plain ASCII, without spaces and at most 2,000 characters long.")
_FRAGMENT = _l("Addresses that people return to have no fragment (#).")
_SCHEME = _l(
    "The address must begin with https:// (http:// only on this computer; native apps may use a scheme such as"
    " com.example.app:)."
)
_USERINFO = _l("Addresses hold no user name or password.")
_WHOLE_HOST = _l("The address names one host, letter by letter, without wildcards.")
_DOTS = _l("The path holds no . or .. parts.")


def check_redirect(uri: object, field: str, *, private_schemes: bool) -> str:
    """Return an address people may be sent back to; raise InvalidMetadata (RFC 6749 §3.1.2, RFC 8252 §7)."""
    text, parts = _split(uri, field)
    if "#" in text:
        raise InvalidMetadata(field, _FRAGMENT)
    if parts.scheme in {"https", "http"}:
        _check_web(parts, field)
    elif not private_schemes or not _PRIVATE_SCHEME.fullmatch(parts.scheme):
        # "apps MUST use a URI scheme based on a domain name under their control" (RFC 8252 §7.1).
        raise InvalidMetadata(field, _SCHEME)
    if _DOT_PART.search(parts.path):
        raise InvalidMetadata(field, _DOTS)
    return text


def check_page(uri: object, field: str) -> str:
    """Return the address of a page that we link to or fetch: https, or http on this computer."""
    text, parts = _split(uri, field)
    _check_web(parts, field)
    return text


def matches_redirect(uri: str, registered: Collection[str], *, any_loopback_port: bool) -> bool:
    """Tell whether an address is registered, byte for byte (RFC 9700 §2.1).

    Only the port of a native app's loopback literal may differ (RFC 8252 §7.3).
    """
    if uri in registered:
        return True
    if not any_loopback_port or (asked := _without_port(uri)) is None:
        return False
    return any(_without_port(known) == asked for known in registered)


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


def _split(uri: object, field: str) -> tuple[str, SplitResult]:
    if not isinstance(uri, str) or not uri or len(uri) > LONGEST or _UNFIT.search(uri):
        raise InvalidMetadata(field, _UNREADABLE)
    try:
        parts = urlsplit(uri)
        port_is_fit = parts.port is None or parts.port > 0
    except ValueError as error:
        raise InvalidMetadata(field, _UNREADABLE) from error
    if not port_is_fit:
        raise InvalidMetadata(field, _UNREADABLE)
    if not parts.scheme or not uri.startswith(parts.scheme + ":"):
        raise InvalidMetadata(field, _SCHEME)
    return uri, parts


def _check_web(parts: SplitResult, field: str) -> None:
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise InvalidMetadata(field, _SCHEME)
    if "@" in parts.netloc:
        raise InvalidMetadata(field, _USERINFO)
    if not parts.netloc.startswith("[") and not _HOST.fullmatch(parts.hostname):
        raise InvalidMetadata(field, _WHOLE_HOST)
    if parts.scheme == "http" and not is_loopback_host(parts.hostname):
        raise InvalidMetadata(field, _SCHEME)


def _without_port(uri: str) -> tuple[str, str] | None:
    """Split a loopback literal into what is before and behind its port; None for anything else."""
    match = _LOOPBACK.fullmatch(uri)
    if match is None or int(match[2] or "1") > 65_535:
        return None
    return match[1], match[3]
