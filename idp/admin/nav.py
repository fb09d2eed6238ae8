"""NAV: the entries of the console's navigation; what one may not see is not there. Their keys, and what help says."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from idp.access.permissions import ANY
from idp.accounts.profiles.preferences import preferences_of
from idp.admin.routes import may
from idp.portal import nav
from idp.sessions import http as sessions


@dataclass(frozen=True)
class Entry(nav.Entry):
    """One entry, for who has a permission."""

    permission: str
    about: Any = ""
    """What its pages are for, in a sentence."""
    commands: str = ""
    """The commands that do the same."""
    key: str = ""
    """The letter that leads there after `g`."""
    new: tuple[str, str] | None = None
    """The page that adds one, and the permission it takes."""


NAV = (
    Entry("dashboard", "home", _l("Dashboard"), "admin.dashboard", ANY,
          _l("What needs attention, and what happened lately."), "idp doctor", key="d"),
    Entry("users", "users", _l("People"), "admin.users", "admin.users.read",
          _l("Everybody who can sign in: their ways to do it, roles, sessions and apps."), "idp user", key="u",
          new=("admin.new_user", "admin.users.write")),
    Entry("clients", "squares-2x2", _l("Apps"), "admin.clients", "admin.clients.read",
          _l("What people sign in to, and what asks for tokens."), "idp client", key="c",
          new=("admin.new_client", "admin.clients.write")),
    Entry("roles", "shield-check", _l("Roles and permissions"), "admin.roles", "admin.roles.read",
          _l("A role is a set of permissions; people hold roles."), "idp role", key="r",
          new=("admin.new_role", "admin.roles.write")),
    Entry("groups", "user-group", _l("Groups"), "admin.groups", "admin.roles.read",
          _l("Who is in a group holds the roles of the group."), "idp group",
          new=("admin.new_group", "admin.roles.write")),
    Entry("apis", "server", _l("APIs and scopes"), "admin.list_apis", "admin.roles.read",
          _l("What tokens are for: an API and its permissions."), "idp api",
          new=("admin.new_api", "admin.roles.write")),
    Entry("sessions", "computer-desktop", _l("Sessions and tokens"), "admin.sessions", "admin.users.read",
          _l("Who is signed in where, and which apps hold tokens. They can be ended at once."), "idp user sessions"),
    Entry("keys", "key", _l("Signing keys"), "admin.keys", "admin.keys.read",
          _l("They sign tokens and change by themselves; apps fetch the public halves."), "idp key", key="k"),
    Entry("tools", "wrench-screwdriver", _l("Tools"), "admin.tools", "admin.clients.read",
          _l("Look into a token, or find what happened to a request."), "idp token inspect"),
    Entry("api_keys", "command-line", _l("API keys"), "admin.api_keys", ANY,
          _l("With them programs use the Admin API."), "idp api-key", new=("admin.new_api_key", ANY)),
    Entry("webhooks", "link", _l("Webhooks"), "admin.webhooks", "admin.webhooks.read",
          _l("Other servers are told of events as they happen."), "idp webhook",
          new=("admin.new_webhook", "admin.webhooks.write")),
    Entry("audit", "clock", _l("Audit trail"), "admin.audit", "admin.audit.read",
          _l("Everything that happened, chained so that a change shows."), "idp audit", key="a"),
    Entry("settings", "cog-6-tooth", _l("Settings"), "admin.settings_home", "admin.settings.read",
          _l("What holds here, and where each value comes from."), "idp config"),
)  # fmt: skip


def entries() -> list[Entry]:
    """List the entries the person of this request may use."""
    return [entry for entry in NAV if may(entry.permission)]


def find_entry(name: str | None) -> Entry | None:
    """Return the entry a page belongs to, or None."""
    return next((entry for entry in NAV if entry.name == name), None)


def entry_of(path: str) -> str:
    """Return the name of the entry under which an address of the console is."""
    found = [entry for entry in NAV if f"{path}/".startswith(f"{url_for(entry.endpoint).rstrip('/')}/")]
    return max(found, key=lambda entry: len(url_for(entry.endpoint)), default=NAV[0]).name


def new_url(entry: Entry | None) -> str | None:
    """Return the address that adds one of what an entry lists, where the person of this request may."""
    if entry is None or entry.new is None or not may(entry.new[1]):
        return None
    return url_for(entry.new[0])


def has_shortcuts() -> bool:
    """Tell whether single keys act for the person of this request (WCAG 2.1.4)."""
    return bool(preferences_of(sessions.get_person())["shortcuts"])
