"""What happens to an account that ends its keys: each listener acts inside the transaction of the act."""

from typing import Any

from idp.accounts.signals import address_moved, user_disabled
from idp.api_keys import service


def connect() -> None:
    """Listen; safe to call again for another application of the same process."""
    user_disabled.connect(_end_all)
    address_moved.connect(_end_all)


def _end_all(_sender: Any, *, user_id: str, **_more: Any) -> None:
    """An account that is turned on again, or found again, gets nothing back that was ended, and a thief's key least."""
    service.revoke_all(user_id)
