"""Pages that a passkey answers, and the pages of one's own passkeys."""

from flask import Blueprint, Response, request, url_for
from flask_babel import lazy_gettext as _l

from idp.authn.passkeys.forms import PasskeyForm, RenameForm
from idp.authn.passkeys.http import account
from idp.authn.passkeys.http import sign_in as page
from idp.authn.request import load_visit
from idp.core.extensions import limiter
from idp.core.http import anonymous_form, see_other
from idp.sessions.guards import fresh, login_required

blueprint = Blueprint("passkeys", __name__)
_per_address = limiter.limit("60 per minute")
_adds = (_l("To add a passkey, confirm it’s you."), _l("Add a passkey"), "passkeys.index")
_removes = (_l("To remove a passkey, confirm it’s you."), _l("Remove the passkey"), "passkeys.index")


@blueprint.get("/login/passkey")
def show() -> Response:
    return page.show(load_visit())


@blueprint.post("/login/passkey")
@anonymous_form
@_per_address
def sign_in() -> Response:
    return page.answer(load_visit(), PasskeyForm(request.form))


@blueprint.post("/reauth/passkey")
@_per_address
@login_required
def confirm() -> Response:
    return page.confirm(load_visit(), PasskeyForm(request.form))


@blueprint.get("/account/passkeys")
@login_required
def index() -> Response:
    return account.show()


@blueprint.post("/account/passkeys/new")
@fresh(*_adds)
def begin() -> Response:
    return see_other(url_for("passkeys.new"))


@blueprint.get("/account/passkeys/new")
@fresh(*_adds)
def new() -> Response:
    return account.show_new(PasskeyForm())


@blueprint.post("/account/passkeys")
@fresh(*_adds)
def add() -> Response:
    return account.add(PasskeyForm(request.form))


@blueprint.post("/account/passkeys/<passkey_id>/rename")
@login_required
def rename(passkey_id: str) -> Response:
    return account.rename(passkey_id, RenameForm(request.form))


@blueprint.post("/account/passkeys/<passkey_id>/remove")
@fresh(*_removes)
def remove(passkey_id: str) -> Response:
    return account.remove(passkey_id)
