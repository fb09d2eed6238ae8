"""Say no at the authorization endpoint: to the app by its answer, or to the person by a page.

A page and no redirect, whenever client or address are not established (RFC 6749 §4.1.2.1, RFC 9700 §4.11.2).
"""

from typing import Any

from idp.audit.service import record
from idp.audit.tags import Tag
from idp.clients.service import ClientInfo
from idp.core.clock import now
from idp.core.context import context
from idp.core.errors import TooMany
from idp.core.http import render
from idp.limits.policy import PROTOCOL_REFUSALS
from idp.limits.service import take
from idp.oauth.authorize.mismatch import Mismatch
from idp.oauth.authorize.respond import Answer, respond
from idp.oauth.errors import Refusal, Refused
from idp.oauth.refusing.trail import sent
from idp.oauth.request import StrictRequest

Tuple = tuple[int, Any, list[tuple[str, str]]]


class FrontChannelRefused(Refused):
    """An authorization request was refused; with an `answer` the app is told, without one the person is."""

    def __init__(
        self,
        row: Refusal,
        *,
        detail: str = "",
        client: ClientInfo | None = None,
        answer: Answer | None = None,
        mismatch: Mismatch | None = None,
    ) -> None:
        super().__init__(row, detail=detail)
        self.client = client
        self.answer = answer
        self.mismatch = mismatch


def refuse(refused: FrontChannelRefused, request: StrictRequest | None = None) -> Tuple:
    """Record a refusal and make its status, body and headers."""
    _record(refused, request)
    if refused.answer is None:
        return refused.status_code, _page(refused), [("Content-Type", "text/html; charset=utf-8")]
    parameters = {
        "error": str(refused.error), "error_description": str(refused.description), "error_uri": refused.reference,
    }  # fmt: skip
    return respond(refused.answer, parameters)


def _record(refused: FrontChannelRefused, request: StrictRequest | None) -> None:
    """Write one event; past the limit of a network address nothing is written any more, the answer stays the same."""
    try:
        take(PROTOCOL_REFUSALS, context().ip or "")
    except TooMany:
        return
    record(
        Tag.AUTHORIZATION_REFUSED, client_id=refused.client.id if refused.client else None,
        refusal=refused.row.anchor, reason=refused.detail or None, **sent(request),
    )  # fmt: skip


def _page(refused: FrontChannelRefused) -> str:
    page = render(
        "errors/request.html",
        refused.status_code,
        client_name=refused.client.name if refused.client else None,
        error=refused.error,
        description=refused.description,
        reference=refused.reference,
        request_id=context().request_id,
        time=now(),
        mismatch=refused.mismatch,
    )
    return page.get_data(as_text=True)
