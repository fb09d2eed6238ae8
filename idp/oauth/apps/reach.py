"""Who may make and change which apps: the one rule of pages and API.

Nobody gives an app a right over this house that they do not have, nobody touches an app that may do more than they,
and only who vouches for an app says that it is ours, or moves an address of one that is. Commands may do everything.
"""

from collections.abc import Collection, Mapping
from typing import Any

from idp.access.guards.level import check_may_act_as, check_may_give_permission
from idp.access.service import find_api, own_api
from idp.clients.models import Client

VOUCH = "admin.settings.write"
"""Who may say that an app is ours: people are not asked for consent there, whoever holds its addresses and keys."""
SECRETS = "admin.clients.secrets"
"""Who may change by what an app proves who it is."""
_PROOFS = ("jwks", "jwks_uri", "token_endpoint_auth_method")
_PLACES = ("redirect_uris", "post_logout_redirect_uris", "jwks", "jwks_uri")
_KEPT_PLACES = ("initiate_login_uri", "backchannel_logout_uri")
"""What of an app's metadata says where people and tokens go, or who the app is."""


def check_may_make(values: Mapping[str, Any], *, actor: str | None = None) -> None:
    """Raise Forbidden, and record it, unless somebody may make an app of these values."""
    if values.get("first_party"):
        check_may_act_as([VOUCH], None, actor=actor)
    _check_gains(set(), administrative(values.get("allowed_apis") or [], values.get("scopes") or []), actor)


def check_may_change(row: Client, changes: Mapping[str, Any] | None = None, *, actor: str | None = None) -> None:
    """Raise Forbidden, and record it, unless somebody may do something with an app, or change these fields of it."""
    before = administrative(row.allowed_apis, row.scopes)
    check_may_act_as(before, f"client:{row.id}", actor=actor)
    if not changes:
        return
    if changes_proof(row, changes):
        check_may_act_as([SECRETS], f"client:{row.id}", actor=actor)
    if _needs_voucher(row, changes):
        check_may_act_as([VOUCH], f"client:{row.id}", actor=actor)
    apis, scopes = changes.get("allowed_apis", row.allowed_apis), changes.get("scopes", row.scopes)
    _check_gains(before, administrative(apis or [], scopes or []), actor)


def changes_proof(row: Client, changes: Mapping[str, Any]) -> bool:
    """Tell whether changes touch by what an app proves who it is."""
    return any(name in changes and _other(changes[name], getattr(row, name)) for name in _PROOFS)


def administrative(apis: Collection[str], scopes: Collection[str]) -> set[str]:
    """Return the permissions at our own API that an app of these fields may ask for."""
    own = find_api(own_api())
    return set(own.permission_names.intersection(scopes)) if own is not None and own.identifier in apis else set()


def _check_gains(before: set[str], after: set[str], actor: str | None) -> None:
    # An app in its own name would use the permission for whoever gave it.
    for name in sorted(after - before):
        check_may_give_permission(name, own_api(), actor=actor)


def _needs_voucher(row: Client, changes: Mapping[str, Any]) -> bool:
    """Tell whether changes make an app ours or no longer ours, or move an address of one that is."""
    if "first_party" in changes and bool(changes["first_party"]) is not row.first_party:
        return True
    if not row.first_party:
        return False
    moved = any(name in changes and _other(changes[name], getattr(row, name)) for name in _PLACES)
    kept = changes.get("metadata_", row.metadata_) or {}
    return moved or any(kept.get(name) != row.metadata_.get(name) for name in _KEPT_PLACES)


def _other(new: Any, old: Any) -> bool:
    if isinstance(old, list):
        return set(new or []) != set(old)
    return (new or None) != (old or None)
