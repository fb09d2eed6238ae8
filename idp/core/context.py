"""Who is asking, for audit and limits: set once at the edge, read by services that never see the request."""

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network


@dataclass(frozen=True)
class CallContext:
    """The edge of one call: a web request, a command, or a job of the worker."""

    request_id: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    browser_id: str | None = None
    actor: str = "system"
    session_id: str | None = None
    via: str | None = None
    """The API key or the app through which the actor acts."""
    permissions: frozenset[str] | None = None
    """The administrative permissions this call is limited to; None limits nothing."""

    @property
    def network(self) -> str:
        """The part of the address that one household or host has: an IPv4 address, or 64 bits of IPv6."""
        try:
            address = ip_address(self.ip or "")
        except ValueError:
            return ""
        if address.version == 4:
            return str(address)
        return str(ip_network((int(address) >> 64 << 64, 64)))

    @property
    def neighbourhood(self) -> str | None:
        """The network somebody signs in from: the first 24 bits of IPv4, the first 48 of IPv6; None of no address."""
        try:
            address = ip_address(self.ip or "")
        except ValueError:
            return None
        if isinstance(address, IPv6Address):
            address = address.ipv4_mapped or address
        return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


_OUTSIDE = CallContext()
_current: ContextVar[CallContext] = ContextVar("idp_call_context", default=_OUTSIDE)


def context() -> CallContext:
    """Return the edge of the present call."""
    return _current.get()


def set_context(value: CallContext) -> None:
    """Set the edge of the present call."""
    _current.set(value)
