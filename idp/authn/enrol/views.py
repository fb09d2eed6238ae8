"""Pages of one's own second step."""

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext as _l

from idp.authn.enrol.forms import AppForm, SavedForm
from idp.authn.enrol.http import account, overview
from idp.authn.enrol.http import browsers as trusted_browsers
from idp.authn.enrol.http import download as file
from idp.sessions.guards import fresh, login_required

blueprint = Blueprint("enrol", __name__, url_prefix="/account/security")
_says = _l("To change how you sign in, confirm it’s you.")


def _flow() -> str:
    return request.args.get("flow", "")[:40]


@blueprint.get("")
@login_required
def security() -> Response:
    return overview.show()


@blueprint.post("/authenticator/new")
@fresh(_says, _l("Set up an authenticator app"), "enrol.security")
def begin_app() -> Response:
    return account.begin_app()


@blueprint.get("/authenticator")
@fresh(_says, _l("Set up an authenticator app"), "enrol.security")
def app() -> Response:
    return account.show_app(_flow())


@blueprint.post("/authenticator")
@fresh(_says, _l("Set up an authenticator app"), "enrol.security")
def app_act() -> Response:
    return account.answer_app(_flow(), AppForm(request.form))


@blueprint.post("/authenticator/remove")
@fresh(_says, _l("Remove the authenticator app"), "enrol.security")
def remove_app() -> Response:
    return account.remove_app()


@blueprint.post("/recovery-codes/new")
@fresh(_says, _l("Make new recovery codes"), "enrol.security")
def begin_codes() -> Response:
    return account.begin_codes()


@blueprint.get("/recovery-codes")
@fresh(_says, _l("Make new recovery codes"), "enrol.security")
def codes() -> Response:
    return account.show_codes(_flow())


@blueprint.post("/recovery-codes")
@fresh(_says, _l("Make new recovery codes"), "enrol.security")
def codes_act() -> Response:
    return account.answer_codes(_flow(), SavedForm(request.form))


@blueprint.get("/recovery-codes.txt")
def download() -> Response:
    """Hand out as a file what the page of this browser shows, also inside a sign-in."""
    return file.show(_flow())


@blueprint.get("/browsers")
@login_required
def browsers() -> Response:
    return trusted_browsers.show()


@blueprint.post("/browsers/<browser_id>/revoke")
@login_required
def revoke_browser(browser_id: str) -> Response:
    return trusted_browsers.revoke(browser_id)


@blueprint.post("/browsers/revoke")
@login_required
def revoke_browsers() -> Response:
    return trusted_browsers.revoke_all()
