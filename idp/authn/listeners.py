"""What happens to people below that concerns their sign-in: each listener acts inside the transaction of the act."""

from typing import Any

from idp.accounts.signals import credentials_changed, sign_in_unblocked, user_disabled
from idp.authn import password, trusted
from idp.core.context import context
from idp.sessions import browsers


def connect() -> None:
    """Listen; safe to call again for another application of the same process."""
    sign_in_unblocked.connect(_let_in)
    credentials_changed.connect(_trust_nobody)
    user_disabled.connect(_trust_nobody)


def _trust_nobody(_sender: Any, *, user_id: str, **_values: Any) -> None:
    """A browser that was trusted beside the old password has to earn it again."""
    trusted.revoke_all(user_id)


def _let_in(_sender: Any, *, user_id: str, **_values: Any) -> None:
    """Forgive strangers' failures; who came by a mailed link is no stranger on this browser any more.

    So nobody can keep an owner out for longer than it takes to read a mail. An administrator's browser is not theirs.
    """
    password.forgive(user_id)
    edge = context()
    if edge.browser_id is not None and edge.actor in {"anonymous", f"user:{user_id}"}:
        browsers.remember(user_id)
