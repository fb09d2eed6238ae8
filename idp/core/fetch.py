"""Outbound requests to addresses that clients name: nothing of our own network, no redirects, bounded in size and time.

The name is resolved once, every address it stands for is vetted, and the connection goes to the vetted address: a name
that changes its mind between the look and the call gains nothing.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore
import httpx

from idp.core.settings import is_loopback, settings

SECONDS = 5.0
"""The longest a fetch may take in all: name, connection, answer."""
LARGEST = 64 * 1024
"""The longest answer, in bytes."""
_LONGEST_ADDRESS = 2048
_resolvers = ThreadPoolExecutor(max_workers=4, thread_name_prefix="idp-resolve")
_context: dict[str, ssl.SSLContext] = {}
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""No NAT64 (RFC 6052) and no mapped IPv4 address lies in it."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchError(Exception):
    """The address may not be asked, or did not answer as it should; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def fetch(url: str, *, accept: str = "application/json", largest: int = LARGEST) -> bytes:
    """GET a public https address and return the body of its 200; raise FetchError for anything else.

    `largest` is the longest answer taken, in bytes.
    """
    with _ask("GET", url, {"Accept": accept}) as response:
        return _read(response, largest)


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST to a public https address and return the status of the answer, whose body nobody reads.

    Raise FetchError when there is no answer within `SECONDS`. A redirect is an answer like others: it is not followed.
    """
    with _ask("POST", url, headers, body) as response:
        return response.status


@contextmanager
def _ask(method: str, url: str, headers: dict[str, str], body: bytes | None = None) -> Iterator[httpcore.Response]:
    check_address(url)
    backend = _Backend(time.monotonic() + SECONDS)
    sent = {**headers, "Accept-Encoding": "identity", "User-Agent": "idp", "Connection": "close"}
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_ssl_context(), network_backend=backend, retries=0) as pool,
            pool.stream(method, url, headers=[*sent.items()], content=body) as response,
        ):
            yield response
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ValueError) as error:
        raise FetchError(f"{type(error).__name__}: {error}") from error


def check_address(url: str) -> SplitResult:
    """Return the parts of an address we would ask; raise FetchError for other schemes, credentials, fragments."""
    try:
        parts = urlsplit(url)
        port_is_fit = parts.port is None or parts.port > 0
    except ValueError as error:
        raise FetchError("address cannot be read") from error
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or len(url) > _LONGEST_ADDRESS or not port_is_fit or not parts.hostname:
        raise FetchError("address cannot be read")
    local = _loopback_is_fine() and is_loopback(parts.hostname)
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise FetchError("address is not https")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise FetchError("address has credentials or a fragment")
    return parts


def is_public(address: Address) -> bool:
    """Tell whether an address is on the public Internet, and so are the addresses hidden inside it."""
    if isinstance(address, ipaddress.IPv6Address) and (address not in _GLOBAL_UNICAST or _hides_another(address)):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _hides_another(address: ipaddress.IPv6Address) -> bool:
    return address.sixtofour is not None or address.teredo is not None


class _Backend(httpcore.NetworkBackend):
    """Opens connections to vetted addresses only, and lets nothing outlive the deadline."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, vet, connect; the name goes on to TLS and Host, the connection to the address."""
        del timeout, local_address
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._resolve(host, port):
            try:
                stream = self.inner.connect_tcp(
                    str(address), port, timeout=_remaining(self.deadline), socket_options=socket_options
                )
                return _Stream(stream, self.deadline)
            except httpcore.ConnectError as error:
                failure = error
        raise failure

    def _resolve(self, host: str, port: int) -> list[Address]:
        future = _resolvers.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = future.result(timeout=_remaining(self.deadline))
        except (TooSlow, OSError, UnicodeError) as error:
            raise httpcore.ConnectError("name cannot be resolved") from error
        addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
        if not addresses or not all(_may_be_asked(address) for address in addresses):
            raise FetchError("address is not on the public Internet")
        return list(dict.fromkeys(addresses))


class _Stream(httpcore.NetworkStream):
    """A connection whose every step must end before the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self.inner, self.deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what has come."""
        del timeout
        return self.inner.read(max_bytes, _remaining(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        del timeout
        self.inner.write(buffer, _remaining(self.deadline))

    def close(self) -> None:
        """Hang up."""
        self.inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Begin TLS with the name that was asked for."""
        del timeout
        stream = self.inner.start_tls(ssl_context, server_hostname, _remaining(self.deadline))
        return _Stream(stream, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        """Tell about the socket."""
        return self.inner.get_extra_info(info)


def _read(response: httpcore.Response, largest: int) -> bytes:
    if response.status != 200:
        raise FetchError(f"answer {response.status}")
    names = {name.lower() for name, _value in response.headers}
    if b"content-encoding" in names:
        raise FetchError("answer is compressed")
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > largest:
            raise FetchError("answer is too long")
    return bytes(body)


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.TimeoutException("took too long")
    return seconds


def _may_be_asked(address: Address) -> bool:
    return is_public(address) or (address.is_loopback and _loopback_is_fine())


def _loopback_is_fine() -> bool:
    return settings().development and settings().dev.fetch_loopback


def _ssl_context() -> ssl.SSLContext:
    # Reading the certificates of all authorities takes tens of milliseconds: once a process is enough.
    if "default" not in _context:
        _context["default"] = httpx.create_ssl_context()
    return _context["default"]
