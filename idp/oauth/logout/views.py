"""The route of the end_session endpoint; it is there when RP-initiated logout is on."""

from flask import Blueprint, Response

from idp.core.http import cross_site_form
from idp.oauth.logout import pages

blueprint = Blueprint("rp_logout", __name__)


@blueprint.route("/oauth/end_session", methods=["GET", "POST"])
@cross_site_form
def end_session() -> Response:
    return pages.end_session()
