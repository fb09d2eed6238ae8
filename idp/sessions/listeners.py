"""What happens to people below ends their sessions: each listener acts inside the transaction of the act."""

from typing import Any

from idp.accounts.signals import credentials_changed, user_deleted, user_disabled
from idp.core.context import context
from idp.sessions import browsers, http, interactions, service


def connect() -> None:
    """Listen; safe to call again for another application of the same process."""
    credentials_changed.connect(_end_all_but_this_one)
    user_disabled.connect(_end_all_of_a_stopped_account)
    user_deleted.connect(_end_all_of_a_deleted_account)


def _end_all_but_this_one(_sender: Any, *, user_id: str, keep_session_id: str | None = None, **_values: Any) -> None:
    """A new password ends every session but the one it was changed in, and that one gets a new cookie."""
    service.end_all(user_id, "credentials_changed", keep=keep_session_id)
    browsers.forget_all(user_id, but_this=True)
    if keep_session_id is not None and keep_session_id == context().session_id:
        http.rotate_current()


def _end_all_of_a_stopped_account(_sender: Any, *, user_id: str, **_values: Any) -> None:
    service.end_all(user_id, "account_disabled")
    browsers.forget_all(user_id)


def _end_all_of_a_deleted_account(_sender: Any, *, user_id: str, **_values: Any) -> None:
    service.end_all(user_id, "account_deleted")
    interactions.forget_person(user_id)
