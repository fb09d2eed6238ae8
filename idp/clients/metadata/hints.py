"""What is wrong or odd about redirect addresses, one by one, in words that help whoever typed them."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from idp.clients.errors import InvalidMetadata
from idp.clients.metadata.addresses import check_redirect

_TYPO = _l("Did you mean %(word)s?")
_LOOPBACK_NAME = _l(
    "Use 127.0.0.1 instead of localhost: others can stand behind that name, and the port of 127.0.0.1 may vary."
)
_OWN_SCHEME = _l("Any app on the device may claim this scheme; an https address is safer.")
_TWIN = _l("It differs from another one by its last slash or by capital letters only; addresses match exactly.")
_LOCAL = _l("It works on the developer’s own computer only.")
_KNOWN = ("https", "http", "localhost")


@dataclass(frozen=True)
class Remark:
    """One remark on one address; a fault keeps it from being registered."""

    address: str
    says: Any
    is_fault: bool = False


def look_at(addresses: Sequence[str], kind: str) -> list[Remark]:
    """Return every fault and every hint about the redirect addresses of a kind of app."""
    return [remark for address in addresses for remark in _remarks(address, addresses, kind)]


def faults(addresses: Sequence[str], kind: str) -> list[Remark]:
    """Return what keeps addresses from being registered."""
    return [remark for remark in look_at(addresses, kind) if remark.is_fault]


def _remarks(address: str, addresses: Sequence[str], kind: str) -> list[Remark]:
    found, word = [], _typo(address)
    if word:
        found.append(Remark(address, _TYPO % {"word": word}, is_fault=False))
    try:
        check_redirect(address, "redirect_uris", private_schemes=kind == "native")
    except InvalidMetadata as error:
        return [Remark(address, error.public, is_fault=True), *found]
    parts = urlsplit(address)
    if parts.scheme == "http":
        by_name = kind == "native" and parts.hostname == "localhost"
        found.append(Remark(address, _LOOPBACK_NAME if by_name else _LOCAL))
    elif parts.scheme != "https":
        found.append(Remark(address, _OWN_SCHEME))
    if any(other != address and _plain(other) == _plain(address) for other in addresses):
        found.append(Remark(address, _TWIN))
    return found


def _plain(address: str) -> str:
    return address.rstrip("/").lower()


def _typo(address: str) -> str | None:
    """Return the well-known word that the scheme or the host is nearly, or None."""
    scheme, _, rest = address.partition(":")
    host = rest.lstrip("/").split("/")[0].split(":")[0]
    for written, words in ((scheme, _KNOWN[:2]), (host, _KNOWN[2:])):
        near = difflib.get_close_matches(written.lower(), words, n=1, cutoff=0.75)
        if near and written.lower() not in _KNOWN:
            return near[0]
    return None
