"""Every tab of the settings: those that hold settings, and the pages beside them."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from idp.admin.tabs import Shown
from idp.stored_settings.catalogue import TABS

LIMITS, PRIVACY, MAINTENANCE = "settings_limits", "settings_privacy", "maintenance"
PAGES = {LIMITS: _l("Rate limits"), PRIVACY: _l("Consent and privacy"), MAINTENANCE: _l("Maintenance")}


def list_tabs(here: str) -> list[Shown]:
    """List the tabs; `here` is the name of a tab or of a page."""
    tabs = {name: title for name, (title, _heads) in TABS.items()}
    shown = [Shown(title, url_for("admin.settings_tab", tab=name), name == here) for name, title in tabs.items()]
    return shown + [Shown(title, url_for(f"admin.{name}"), name == here) for name, title in PAGES.items()]


def title_of(here: str) -> Any:
    """Return the words of a tab."""
    return PAGES[here] if here in PAGES else TABS[here][0]
