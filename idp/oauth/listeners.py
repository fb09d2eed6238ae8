"""What happens below that ends grants, erases people or cannot be: listeners act inside the transaction of the act."""

from typing import Any

from idp.access.errors import RoleInUse
from idp.access.guards.level import holds
from idp.access.signals import permission_weighed, role_going
from idp.accounts.signals import account_weighed, credentials_changed, user_deleted, user_disabled
from idp.clients.secrets.secret_store import forget_maker
from idp.clients.signals import client_disabled
from idp.oauth.apps.service import lost_with_account
from idp.oauth.oversight.usage import clients_of_role, lost_with_permission
from idp.oauth.tokens.revoke import revoke_grants, revoke_next
from idp.sessions.signals import everybody_signed_out, person_signed_out, session_ended

SIGNED_OUT = frozenset({"signed_out", "expired", "idle", "not_remembered", "replaced"})
"""The ends of a session that an app with `offline_access` outlives; any other end takes its grants along too."""


def connect() -> None:
    """Listen; safe to call again for another application of the same process."""
    credentials_changed.connect(_end_all_but_this_session)
    user_disabled.connect(_end_all_of_person)
    user_deleted.connect(_end_all_of_person)
    user_deleted.connect(_forget_person)
    session_ended.connect(_end_session)
    person_signed_out.connect(_end_all_of_signed_out)
    everybody_signed_out.connect(_end_next)
    client_disabled.connect(_end_all_of_client)
    role_going.connect(_keep_what_apps_need)
    permission_weighed.connect(_weigh_permission)
    account_weighed.connect(_weigh_account)


def _end_all_but_this_session(_sender: Any, *, user_id: str, keep_session_id: str | None = None, **_more: Any) -> None:
    """A new password ends every grant; one changed while signed in spares what that session gave."""
    revoke_grants("credentials changed", user_id=user_id, except_session_id=keep_session_id)


def _end_all_of_person(_sender: Any, *, user_id: str, **_more: Any) -> None:
    revoke_grants("person disabled or deleted", user_id=user_id)


def _forget_person(_sender: Any, *, user_id: str, **_more: Any) -> None:
    forget_maker(user_id)


def _end_session(_sender: Any, *, session_id: str, reason: str = "", **_more: Any) -> None:
    revoke_grants(f"session ended: {reason}"[:64], session_id=session_id, online_only=reason in SIGNED_OUT)


def _end_all_of_signed_out(_sender: Any, *, user_id: str, **_more: Any) -> None:
    """An app that kept access beyond a session is signed out as well: by the house, not by the person."""
    revoke_grants("signed out everywhere", user_id=user_id)


def _end_next(_sender: Any, *, keep_session_id: str, before: str, after: str, limit: int, **_more: Any) -> str | None:
    return revoke_next(
        "everybody signed out", after=after, before=before, limit=limit, except_session_id=keep_session_id
    )


def _end_all_of_client(_sender: Any, *, client_id: str, **_more: Any) -> None:
    revoke_grants("app disabled", client_id=client_id)


def _keep_what_apps_need(_sender: Any, *, name: str, **_more: Any) -> None:
    if apps := clients_of_role(name):
        raise RoleInUse(apps, named=holds("admin.clients.read"))


def _weigh_permission(_sender: Any, *, api: str, name: str, **_more: Any) -> list[str]:
    return lost_with_permission(api, name)


def _weigh_account(_sender: Any, *, user_id: str, **_more: Any) -> list[str]:
    return lost_with_account(user_id)
