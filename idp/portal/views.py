"""Pages of one's own account that draw on every room."""

from flask import Blueprint, Response
from flask_login import current_user

from idp.core.http import render
from idp.sessions.guards import login_required

blueprint = Blueprint("portal", __name__, url_prefix="/account")


@blueprint.get("")
@login_required
def home() -> Response:
    return render("account/index.html", user=current_user)
