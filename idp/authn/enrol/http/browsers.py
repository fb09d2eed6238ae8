"""The browsers that go without the second step."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, url_for
from flask_babel import gettext as _

from idp.authn import trusted
from idp.authn.models import TrustedBrowser
from idp.core.devices import describe_browser
from idp.core.http import flash, read_tokens, render, see_other
from idp.core.secrets import digest
from idp.sessions import http as sessions


@dataclass(frozen=True)
class Row:
    """One trusted browser, in words."""

    id: str
    is_this_one: bool
    browser: str
    ip: str | None
    trusted_at: datetime
    last_used_at: datetime | None
    expires_at: datetime


def show() -> Response:
    """List the browsers."""
    own = {digest(token) for token in read_tokens("trust")}
    rows = [_row(each, own) for each in trusted.list_trusted(sessions.get_person().id)]
    return render("account/trusted_browsers.html", browsers=rows)


def revoke(browser_id: str) -> Response:
    """Ask one of them for the second step again."""
    trusted.revoke(sessions.get_person().id, browser_id)
    flash("success", _("That browser is asked for the second step again."))
    return see_other(url_for("enrol.browsers"))


def revoke_all() -> Response:
    """Ask all of them for the second step again."""
    trusted.revoke_all(sessions.get_person().id)
    flash("success", _("Every browser is asked for the second step again."))
    return see_other(url_for("enrol.browsers"))


def _row(found: TrustedBrowser, own: set[str]) -> Row:
    return Row(
        found.id, found.digest in own, describe_browser(found.user_agent), found.ip, found.created_at,
        found.last_used_at, found.expires_at,
    )  # fmt: skip
