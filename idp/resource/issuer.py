"""What the issuer tells about itself: its metadata, read again now and then (RFC 8414)."""

import ipaddress
import logging
import threading
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from .errors import IssuerUnreachable

TIMEOUT = 5.0
"""How long, in seconds, the issuer may take to answer."""
METADATA_LIFETIME = 3600.0
_PAUSE = 1.0
"""After an attempt in vain to begin with an issuer, nobody waits for another one for so long."""
_log = logging.getLogger("idp.resource")


class Issuer:
    """The issuer, known by nothing but its identifier; threads may share it."""

    def __init__(self, identifier: str, http: httpx.Client | None = None) -> None:
        """Raise ValueError for an identifier that is not `https`, except on this machine (RFC 8414 §2)."""
        if not is_safe(identifier) or urlsplit(identifier).query or urlsplit(identifier).fragment:
            raise ValueError("the issuer must be an https address without query and fragment")
        self.identifier = identifier
        self._http, self._lock = http, threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._read_at = self._failed_at = float("-inf")

    @property
    def http(self) -> httpx.Client:
        """The connections, made when first needed: after a server has forked its workers."""
        if self._http is None:
            self._http = httpx.Client(timeout=TIMEOUT)
        return self._http

    def endpoint(self, name: str) -> str:
        """Return an address out of the metadata; raise IssuerUnreachable.

        Old metadata is as good as new where the issuer does not answer: it holds addresses and no secret.
        """
        with self._lock:
            if not self._metadata or time.monotonic() - self._read_at > METADATA_LIFETIME:
                self._refresh()
            address = self._metadata.get(name)
        # An https issuer does not send us to http, whoever changed its document.
        if not isinstance(address, str) or not is_safe(address):
            raise IssuerUnreachable(f"the issuer tells no usable {name}")
        return address

    def ask(self, method: str, address: str, **values: Any) -> dict[str, Any]:
        """Return the JSON object at an address of the issuer; raise IssuerUnreachable for every other answer."""
        try:
            answer = self.http.request(method, address, follow_redirects=False, **values)
            document = answer.json() if answer.status_code == 200 else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            _log.warning("the issuer does not answer at %s: %s", address, type(error).__name__)
            raise IssuerUnreachable("the issuer does not answer") from error
        if not isinstance(document, dict):
            _log.warning("the issuer answers %s with status %s", address, answer.status_code)
            raise IssuerUnreachable("the issuer does not answer as it should")
        return document

    def _refresh(self) -> None:
        if time.monotonic() - self._failed_at < _PAUSE:
            raise IssuerUnreachable("the issuer does not answer")
        try:
            self._metadata = self._discover()
        except IssuerUnreachable:
            if not self._metadata:
                self._failed_at = time.monotonic()
                raise
        self._read_at = time.monotonic()

    def _discover(self) -> dict[str, Any]:
        """Read the metadata where OAuth has it, else where OpenID Connect has it (RFC 8414 §3 and §5)."""
        parts = urlsplit(self.identifier)
        path = "/.well-known/oauth-authorization-server" + parts.path.rstrip("/")
        try:
            document = self.ask("GET", urlunsplit((parts.scheme, parts.netloc, path, "", "")))
        except IssuerUnreachable:
            document = self.ask("GET", self.identifier.rstrip("/") + "/.well-known/openid-configuration")
        if document.get("issuer") != self.identifier:  # RFC 8414 §3.3: or another issuer speaks for ours
            _log.error("the metadata is of another issuer than %s", self.identifier)
            raise IssuerUnreachable("the metadata is of another issuer")
        return document


def is_safe(address: str) -> bool:
    """Tell whether nobody on the way can change what an address answers."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host)))


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")  # RFC 6761 §6.3
