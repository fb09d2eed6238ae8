"""The pages of connected apps."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from idp.core.http import flash, render, see_other
from idp.oauth.apps import service
from idp.oauth.authorize.consents import withdraw_consent
from idp.sessions.guards import fresh, login_required

blueprint = Blueprint("apps", __name__, url_prefix="/account/apps")


@blueprint.get("")
@login_required
def index() -> Response:
    return render("account/apps.html", apps=service.list_apps(current_user.id))


@blueprint.get("/<client_id>")
@login_required
def detail(client_id: str) -> Response:
    app = service.get_app(current_user.id, client_id)
    return render("account/app_detail.html", app=app, lines=service.app_lines(current_user, app))


@blueprint.post("/<client_id>/remove")
@fresh(_l("To remove an app’s access, confirm it’s you."), _l("Remove access"), "apps.index")
def remove(client_id: str) -> Response:
    app = service.get_app(current_user.id, client_id)
    withdraw_consent(current_user.id, client_id)
    flash("success", _("%(app)s has no access to your account any more.", app=app.client.name))
    return see_other(url_for("apps.index"))
