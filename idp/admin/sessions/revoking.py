"""The end of all sessions of a person, of all tokens of an app, or of everything: counted, typed, final."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.access.guards.level import check_may_act_on
from idp.accounts import service as accounts
from idp.admin.answers import confirm, done, submit, typed
from idp.admin.forms import ConfirmForm
from idp.admin.routes import act, page
from idp.admin.sessions.views import REVOKE
from idp.audit.tags import Tag
from idp.clients.service import get_client
from idp.core.settings import settings
from idp.oauth.oversight import overview
from idp.sessions import ending, http, service


@dataclass(frozen=True)
class _Deed:
    """What would end."""

    title: str
    consequences: list[str]
    wanted: str
    act: Callable[[], Any]
    leads_to: str = "admin.sessions"
    """The page after it."""


@page("/sessions/revoke", REVOKE, sudo=True)
def ask_revoke() -> Response:
    return _ask(ConfirmForm())


@act("/sessions/revoke", REVOKE, Tag.SESSIONS_REVOKED, sudo=True)
def revoke_all() -> Response:
    deed, form = _deed(), ConfirmForm(request.form)

    def revoke() -> Response:
        typed(form, deed.wanted)
        deed.act()
        return done(_("Everything of that ends now."), url_for(deed.leads_to))

    return submit(form, revoke, lambda status: _ask(form, status))


def _deed() -> _Deed:
    """Read from the address whose sessions are meant."""
    if user_id := request.args.get("user", "")[:26]:
        return _of_user(user_id)
    client_id = request.args.get("client", "")[:200]
    return _of_client(client_id) if client_id else _of_everybody()


def _of_user(user_id: str) -> _Deed:
    person = accounts.get_user(user_id)
    check_may_act_on(person.id)
    count = len(service.live_sessions(person.id))
    lines = [_("%(count)s sessions end.", count=count), _("Apps they are signed in to lose their tokens.")]
    return _Deed(_("Sign this person out everywhere?"), lines, person.email, lambda: service.revoke_by_admin(user_id))


def _of_client(client_id: str) -> _Deed:
    client = get_client(client_id)
    lines = [
        _("%(count)s grants end with their tokens.", count=overview.count_grants(client.id)),
        _("The app is refused at its next request, and people sign in to it again."),
    ]
    name = client.name
    return _Deed(_("End all access of this app?"), lines, name, lambda: overview.revoke_all_of_client(client_id))


def _of_everybody() -> _Deed:
    overview.check_may_end_all()
    lines = [
        _("%(count)s sessions end.", count=max(0, ending.count_alive() - 1)),
        _("Every app is refused at its next refresh, and everybody signs in again. Your own session stays."),
    ]
    keep = http.get_session().id
    return _Deed(_("Sign everybody out?"), lines, settings().host, lambda: ending.start(keep), "admin.sessions_ending")


def _ask(form: ConfirmForm, status: int = 200) -> Response:
    deed = _deed()
    return confirm(
        form, status, title=deed.title, consequences=deed.consequences, wanted=deed.wanted, here="sessions",
        button=_("Sign out"), back_url=url_for("admin.sessions"),
    )  # fmt: skip
