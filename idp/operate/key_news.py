"""Tell the owners of the house that a new signing key takes over soon: an app that pins keys has to learn of it."""

from typing import Any

from idp.access.guards.owners import list_owner_ids
from idp.accounts.email import mails
from idp.accounts.service import find_user, is_usable
from idp.core.db import transaction
from idp.core.settings import settings
from idp.keyring.signals import key_published


def connect() -> None:
    """Listen; safe to call again for another application of the same process."""
    key_published.connect(_tell_owners)


def _tell_owners(_sender: Any, *, kid: str, **_more: Any) -> None:
    with transaction():
        for user_id in list_owner_ids():
            owner = find_user(user_id)
            if owner is not None and is_usable(owner):
                mails.key_rotation_due(owner, kid, settings().keys.publish_ahead)
