"""NAV: the entries of the account's side navigation, one row each."""

from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from idp.authn import recovery_codes


@dataclass(frozen=True)
class Entry:
    """One entry."""

    name: str
    """What a page sets as `here` to be marked as the present one."""
    icon: str
    label: Any
    endpoint: str


NAV = (
    Entry("overview", "home", _l("Overview"), "portal.home"),
    Entry("profile", "user", _l("Profile"), "portal.profile"),
    Entry("security", "shield-check", _l("Security"), "enrol.security"),
    Entry("sessions", "computer-desktop", _l("Sessions"), "portal.sessions"),
    Entry("apps", "squares-2x2", _l("Connected apps"), "apps.index"),
    Entry("activity", "clock", _l("Activity"), "portal.activity"),
    Entry("preferences", "adjustments-horizontal", _l("Preferences"), "portal.preferences"),
    Entry("data", "archive-box", _l("Your data"), "portal.data"),
)


def entries() -> list[Entry]:
    """List the entries whose pages this server has."""
    return [entry for entry in NAV if entry.endpoint in current_app.view_functions]


def few_codes() -> int | None:
    """Return how many recovery codes the person has left, when that is worth a word on every page; None otherwise."""
    if not current_user.has_second_step:
        return None
    left = recovery_codes.count_left(current_user.id)
    return left if left <= recovery_codes.FEW else None
