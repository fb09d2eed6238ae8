"""Signing keys on one page: next, active, verify-only, retired; what can be done with them."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from idp.admin.answers import confirm, done, submit, typed
from idp.admin.forms import ConfirmForm
from idp.admin.routes import act, page
from idp.audit.tags import Tag
from idp.core.http import render
from idp.core.settings import settings
from idp.keyring import service
from idp.keyring.models import State

READ, WRITE = "admin.keys.read", "admin.keys.write"
_ORDER = (State.NEXT, State.ACTIVE, State.VERIFY_ONLY, State.RETIRED)


@page("/keys", READ)
def keys() -> Response:
    rows = service.list_keys()
    groups = [(state, [row for row in rows if row.state == state]) for state in _ORDER]
    return render("admin/keys.html", groups=groups, policy=settings().keys)


@act("/keys/next", WRITE, Tag.KEY_CREATED, sudo=True)
def next_key() -> Response:
    service.prepare_next()
    return done(_("The next key is published."), url_for("admin.keys"))


@act("/keys/promote", WRITE, Tag.KEY_PROMOTED, sudo=True)
def promote_key() -> Response:
    service.promote()
    return done(_("The next key signs from now on."), url_for("admin.keys"))


@page("/keys/emergency", WRITE, sudo=True)
def ask_emergency() -> Response:
    return _ask(ConfirmForm())


@act("/keys/emergency", WRITE, Tag.KEY_PROMOTED, sudo=True)
def emergency() -> Response:
    form = ConfirmForm(request.form)

    def rotate() -> Response:
        typed(form, service.active_kid())
        service.rotate(emergency=True)
        return done(_("A new key signs, and every older one is refused."), url_for("admin.keys"))

    return submit(form, rotate, lambda status: _ask(form, status))


def _ask(form: ConfirmForm, status: int = 200) -> Response:
    lost = [
        _("Every access token and ID token that is out there is refused at once."),
        _("Apps that keep our keys fail until they fetch the new one."),
        _("Do this when a private key may be in other hands."),
    ]
    return confirm(
        form, status, title=_("Refuse every key and begin with a new one?"), consequences=lost, here="keys",
        wanted=service.active_kid(), button=_("Refuse all keys"), back_url=url_for("admin.keys"),
    )  # fmt: skip
