"""TABS: the pages of one app; and the frame they share."""

from typing import Any

from flask import Response, url_for
from flask_babel import lazy_gettext as _l

from idp.admin import tabs
from idp.admin.clients.kinds import AUDIT, KINDS, PEOPLE, READ, WRITE
from idp.admin.routes import may
from idp.admin.tabs import Tab
from idp.clients.models import Client
from idp.core.http import render
from idp.operate.managed import is_managed
from idp.sessions.errors import NotPermitted

TABS = (
    Tab(_l("Overview"), "client", READ),
    Tab(_l("Settings"), "edit_client", WRITE),
    Tab(_l("Secrets and keys"), "client_secrets", READ),
    Tab(_l("Access"), "client_access", READ),
    Tab(_l("Tokens"), "preview_client_tokens", PEOPLE),
    Tab(_l("Try it"), "try_client", WRITE),
    Tab(_l("Sessions and grants"), "client_grants", PEOPLE),
    Tab(_l("Events"), "client_events", AUDIT),
    Tab(_l("Danger"), "client_danger", WRITE),
)


def show(here: str, template: str, row: Client, status: int = 200, **values: Any) -> Response:
    """Show a page of an app in its frame: name, state and id above, the tabs one may see, `here` the present one."""
    if not may(READ):
        raise NotPermitted(READ)
    return render(
        f"admin/clients/{template}.html", status, client=row, kind_title=KINDS[row.type][0],
        managed=is_managed("client", row.id), tabs=tabs.shown(TABS, here, client_id=row.id),
        tab_title=tabs.title_of(TABS, here), **values,
    )  # fmt: skip


def url_of(endpoint: str, client_id: str, **values: Any) -> str:
    """Return the address of a page of an app."""
    return url_for(f"admin.{endpoint}", client_id=client_id, **values)
