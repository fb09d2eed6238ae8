"""Who is asking, for audit and limits: set once at the edge, read by services that never see the request."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class CallContext:
    """The edge of one call: a web request, a command, or a job of the worker."""

    request_id: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    browser_id: str | None = None
    actor: str = "system"


_OUTSIDE = CallContext()
_current: ContextVar[CallContext] = ContextVar("idp_call_context", default=_OUTSIDE)


def context() -> CallContext:
    """Return the edge of the present call."""
    return _current.get()


def set_context(value: CallContext) -> None:
    """Set the edge of the present call."""
    _current.set(value)
