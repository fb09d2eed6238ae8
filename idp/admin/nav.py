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
    Entry("groups", "user-group", _l("Groups"), "admin.groups", "admin.roles.read"),
    Entry("apis", "server", _l("APIs and scopes"), "admin.list_apis", "admin.roles.read"),
    Entry("sessions", "computer-desktop", _l("Sessions and tokens"), "admin.sessions", "admin.users.read"),
    Entry("keys", "key", _l("Signing keys"), "admin.keys", "admin.keys.read"),
    Entry("tools", "wrench-screwdriver", _l("Tools"), "admin.tools", "admin.clients.read"),
    Entry("api_keys", "command-line", _l("API keys"), "admin.api_keys", ANY),
    Entry("webhooks", "link", _l("Webhooks"), "admin.webhooks", "admin.webhooks.read"),
    Entry("audit", "clock", _l("Audit trail"), "admin.audit", "admin.audit.read"),
    Entry("settings", "cog-6-tooth", _l("Settings"), "admin.settings_home", "admin.settings.read"),
)


def entries() -> list[Entry]:
    """List the entries the person of this request may use."""
    return [entry for entry in NAV if may(entry.permission)]
