"""The mail to an owner whose account is being guessed at: sent by the worker, so that the guesser learns nothing.

The delivery is put down for every name alike, known or not; whether anybody is to be told is looked up later.
"""

from dataclasses import replace
from typing import Any

from idp.accounts.credentials.recovery import tell_blocked
from idp.core.context import context, set_context
from idp.outbox import service as outbox

_KIND = "sign_in_blocked"


def tell_owner_later(identifier: str) -> None:
    """Put the news down in the present transaction."""
    edge = context()
    outbox.enqueue(_KIND, {"identifier": identifier, "ip": edge.ip, "user_agent": edge.user_agent})


@outbox.handler(_KIND)
def _tell(payload: dict[str, Any], _delivery_id: str) -> None:
    worker = context()
    set_context(replace(worker, ip=payload["ip"], user_agent=payload["user_agent"]))
    try:
        tell_blocked(payload["identifier"])
    finally:
        set_context(worker)
