"""NAV: the entries of the console's navigation; what one may not see is not there."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from idp.admin.routes import ANY, may
from idp.portal import nav


@dataclass(frozen=True)
class Entry(nav.Entry):
    """One entry, for who has a permission."""

    permission: str


NAV = (
    Entry("dashboard", "home", _l("Dashboard"), "admin.dashboard", ANY),
    Entry("users", "users", _l("People"), "admin.users", "admin.users.read"),
    Entry("clients", "squares-2x2", _l("Apps"), "admin.clients", "admin.clients.read"),
    Entry("roles", "shield-check", _l("Roles and permissions"), "admin.roles", "admin.roles.read"),
    Entry("sessions", "computer-desktop", _l("Sessions"), "admin.sessions", "admin.users.read"),
    Entry("keys", "key", _l("Signing keys"), "admin.keys", "admin.keys.read"),
    Entry("webhooks", "link", _l("Webhooks"), "admin.webhooks", "admin.webhooks.read"),
    Entry("audit", "clock", _l("Audit trail"), "admin.audit", "admin.audit.read"),
)


def entries() -> list[Entry]:
    """List the entries the person of this request may use."""
    return [entry for entry in NAV if may(entry.permission)]
