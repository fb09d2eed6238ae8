"""Our own administrative permissions and the roles that come with the house."""

from collections.abc import Collection

from flask_babel import lazy_gettext as _l

PATH = "/api/v1"
"""The path of our own API below the issuer: its address is the API's identifier."""

OWN_API_NAME = "Administration"
"""What our own API is called until somebody calls it otherwise."""

STANDARD_SCOPES = frozenset({"openid", "profile", "email", "address", "phone", "offline_access", "roles", "groups"})
"""Scopes that mean something of their own; no permission of an API is called like that."""

PERMISSIONS = {
    "admin.users.read": _l("See people and their accounts"),
    "admin.users.write": _l("Create, change, disable and delete accounts"),
    "admin.users.help": _l("Send reset mails and invitations, unlock accounts"),
    "admin.clients.read": _l("See apps"),
    "admin.clients.write": _l("Create, change, disable and delete apps"),
    "admin.clients.secrets": _l("Add and remove secrets of apps"),
    "admin.roles.read": _l("See roles, groups and permissions"),
    "admin.roles.write": _l("Change roles, groups and permissions"),
    "admin.keys.read": _l("See signing keys"),
    "admin.keys.write": _l("Rotate signing keys"),
    "admin.audit.read": _l("Read the audit trail"),
    "admin.audit.export": _l("Export the audit trail"),
    "admin.audit.purge": _l("Purge old events of the audit trail"),
    "admin.settings.read": _l("See settings"),
    "admin.settings.write": _l("Change settings"),
    "admin.sessions.revoke": _l("Sign people out"),
    "admin.webhooks.read": _l("See webhooks and their deliveries"),
    "admin.webhooks.write": _l("Create, change, disable and delete webhooks"),
}
ANY = "admin.*"
"""Stands for any of them at all."""
_INCLUDED = {
    "admin.users.write": frozenset({"admin.users.help"}),
    "admin.webhooks.write": frozenset({"admin.audit.read"}),
    "admin.settings.write": frozenset({"admin.audit.purge"}),
}
"""What a permission holds besides itself: who may change an account may help its owner, too; who may send events to an
address of their choice reads them there; who may set how long events are kept may purge them."""


def covers(held: Collection[str], permission: str) -> bool:
    """Tell whether the permissions that somebody has of ours cover one, or are any where `ANY` is asked for."""
    return bool(held) if permission == ANY else permission in with_included(held)


def with_included(held: Collection[str]) -> frozenset[str]:
    """Return permissions together with those that they include."""
    return frozenset(held).union(*(_INCLUDED.get(name, frozenset()) for name in held))


def ways_to(permission: str) -> list[str]:
    """Return the permissions of which one is enough for what takes a permission: itself, and those that include it."""
    return [permission, *(name for name, included in _INCLUDED.items() if permission in included)]


def included_by(permission: str) -> list[str]:
    """Return the permissions that come with one, in order."""
    return sorted(_INCLUDED.get(permission, ()))


OWNER = "owner"
BUILT_IN_ROLES = {
    OWNER: ("Owner", set(PERMISSIONS)),
    "admin": ("Administrator", set(PERMISSIONS) - {"admin.settings.write", "admin.keys.write", "admin.audit.purge"}),
    "support": ("Support", {"admin.users.read", "admin.users.help", "admin.sessions.revoke"}),
    "auditor": ("Auditor", {name for name in PERMISSIONS if name.endswith(".read")} | {"admin.audit.export"}),
    "developer": ("Developer", {"admin.clients.read", "admin.clients.write", "admin.clients.secrets"}),
}
