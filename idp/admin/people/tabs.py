"""TABS: the pages of one person; the frame they share, and whom one may change."""

from typing import Any

from flask import Response, url_for
from flask_babel import lazy_gettext as _l

from idp.access.guards.level import check_may_act_on
from idp.accounts import service
from idp.accounts.lifecycle import pauses
from idp.accounts.models import User
from idp.admin import tabs
from idp.admin.answers import done_in_list
from idp.admin.routes import may
from idp.admin.tabs import Tab
from idp.core.http import render
from idp.sessions.errors import NotPermitted

READ, WRITE, REVOKE, GIVE = "admin.users.read", "admin.users.write", "admin.sessions.revoke", "admin.roles.write"
HELP, AUDIT = "admin.users.help", "admin.audit.read"
FILTERS = ("search", "state", "role", "second_step", "since", "until", "sort")
"""What the list of people is filtered by."""
TABS = (
    Tab(_l("Profile"), "user", READ),
    Tab(_l("Sign-in methods"), "user_methods", READ),
    Tab(_l("Roles and permissions"), "user_roles", READ),
    Tab(_l("Sessions"), "user_sessions", READ),
    Tab(_l("Apps and consents"), "user_apps", READ),
    Tab(_l("Events"), "user_events", AUDIT),
    Tab(_l("Danger"), "user_danger", WRITE),
)


def show(here: str, template: str, person: User, status: int = 200, **values: Any) -> Response:
    """Show a page of a person in its frame: address, state, id and a pause above, the tabs one may see."""
    if not may(READ):
        raise NotPermitted(READ)
    return render(
        f"admin/people/{template}.html", status, user=person, tabs=tabs.shown(TABS, here, user_id=person.id),
        tab_title=tabs.title_of(TABS, here), paused_until=pauses.paused_until(person.id), **values,
    )  # fmt: skip


def changeable(user_id: str) -> User:
    """Return a person whom the operator may change: nobody who may do more than they."""
    person = service.get_user(user_id)
    check_may_act_on(user_id)
    return person


def finished(person: User, says: str, here: str, *, undo: tuple[str, str] | None = None) -> Response:
    """Say what was done to a person: on the list, by name, where their row asked for it, else on a page of theirs."""
    return done_in_list(person.email, says, "admin.users", FILTERS, url_of(here, person.id), undo=undo)


def url_of(endpoint: str, user_id: str) -> str:
    """Return the address of a page of a person."""
    return url_for(f"admin.{endpoint}", user_id=user_id)
