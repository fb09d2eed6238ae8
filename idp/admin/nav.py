"""NAV: the entries of the console's navigation; what one may not see is not there."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from idp.admin.routes import ANY, may


@dataclass(frozen=True)
class Entry:
    """One entry."""

    name: str
    """What a page sets as `here` to be marked as the present one."""
    icon: str
    label: Any
    endpoint: str
    permission: str


NAV = (
    Entry("dashboard", "home", _l("Dashboard"), "admin.dashboard", ANY),
    Entry("users", "users", _l("People"), "admin.users", "admin.users.read"),
    Entry("clients", "squares-2x2", _l("Apps"), "admin.clients", "admin.clients.read"),
    Entry("roles", "shield-check", _l("Roles and permissions"), "admin.roles", "admin.roles.read"),
    Entry("sessions", "computer-desktop", _l("Sessions"), "admin.sessions", "admin.users.read"),
    Entry("keys", "key", _l("Signing keys"), "admin.keys", "admin.keys.read"),
    Entry("audit", "clock", _l("Audit trail"), "admin.audit", "admin.audit.read"),
)


def entries() -> list[Entry]:
    """List the entries the person of this request may use."""
    return [entry for entry in NAV if may(entry.permission)]
