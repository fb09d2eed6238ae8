"""Tell the owners of the house that a webhook was turned off because its address refuses."""

from typing import Any

from idp.access.guards.owners import list_owner_ids
from idp.accounts.email import mails
from idp.accounts.service import find_user, is_usable
from idp.core.db import transaction
from idp.webhooks.signals import webhook_given_up


def connect() -> None:
    """Listen; safe to call again for another application of the same process."""
    webhook_given_up.connect(_tell_owners)


def _tell_owners(_sender: Any, *, name: str, **_more: Any) -> None:
    with transaction():
        for user_id in list_owner_ids():
            owner = find_user(user_id)
            if owner is not None and is_usable(owner):
                mails.webhook_turned_off(owner, name)
