"""Tell the owners of the house that a new signing key takes over soon: an app that pins keys has to learn of it."""

from idp.access.owners import list_owner_ids
from idp.accounts import mails
from idp.accounts.service import find_user, is_usable
from idp.core.db import transaction
from idp.core.settings import settings
from idp.keyring import service as keyring

_PUBLISHED = "published "


def run_schedule() -> list[str]:
    """Do what the keys' schedule says, and mail the owners when it published a next key; return what was done."""
    done = keyring.run_schedule()
    for deed in done:
        if deed.startswith(_PUBLISHED):
            _tell_owners(deed.removeprefix(_PUBLISHED))
    return done


def _tell_owners(kid: str) -> None:
    with transaction():
        for user_id in list_owner_ids():
            owner = find_user(user_id)
            if owner is not None and is_usable(owner):
                mails.key_rotation_due(owner, kid, settings().keys.publish_ahead)
