"""Every route of the protocol; what happens behind each is in the room named by the call."""

from flask import Blueprint, Response, request

from idp.core.http import cross_site_form, protocol_endpoint, render
from idp.oauth.authorize import pipeline
from idp.oauth.endpoints.jwks import MAX_AGE, jwks_document
from idp.oauth.errors import REFERENCE
from idp.oauth.http import any_origin, cacheable
from idp.oauth.logout import pages as logout_pages
from idp.oauth.metadata import METADATA_MAX_AGE, metadata_document
from idp.oauth.refusing.reference import refusals_by_error
from idp.oauth.server import server

blueprint = Blueprint("oauth", __name__)


@blueprint.route("/oauth/authorize", methods=["GET", "POST"])
@cross_site_form
def authorize() -> Response:
    return pipeline.begin()


@blueprint.get("/oauth/authorize/<flow>")
def resume(flow: str) -> Response:
    return pipeline.resume(flow)


@blueprint.get("/consent/<flow>")
def consent(flow: str) -> Response:
    return pipeline.show_consent(flow)


@blueprint.post("/consent/<flow>")
def decide(flow: str) -> Response:
    return pipeline.decide(flow, request.form.get("decision", ""), request.form.getlist("claim"))


@blueprint.get("/logout")
def logout() -> Response:
    return logout_pages.ask(request.args.get("flow"))


@blueprint.post("/logout")
def sign_out() -> Response:
    return logout_pages.act(request.form.get("flow"), request.form.get("decision", ""))


@blueprint.get("/logout/done")
def signed_out() -> Response:
    return logout_pages.signed_out(request.args.get("app"), request.args.get("to"))


@blueprint.post("/oauth/token")
@protocol_endpoint
@any_origin
def token() -> Response:
    return server().create_token_response()


@blueprint.route("/oauth/userinfo", methods=["GET", "POST"])
@protocol_endpoint
@any_origin
def userinfo() -> Response:
    return server().create_endpoint_response("userinfo")


@blueprint.post("/oauth/introspect")
@protocol_endpoint
def introspect() -> Response:
    return server().create_endpoint_response("introspection")


@blueprint.post("/oauth/revoke")
@protocol_endpoint
@any_origin
def revoke() -> Response:
    return server().create_endpoint_response("revocation")


@blueprint.get("/oauth/jwks")
@protocol_endpoint
@any_origin
def jwks() -> Response:
    return cacheable(*jwks_document(request.user_agent.string), max_age=MAX_AGE)


@blueprint.get("/.well-known/openid-configuration", endpoint="openid_configuration")
@blueprint.get("/.well-known/oauth-authorization-server", endpoint="authorization_server")
@protocol_endpoint
@any_origin
def discovery() -> Response:
    return cacheable(*metadata_document(), max_age=METADATA_MAX_AGE)


@blueprint.get(REFERENCE)
def errors_reference() -> Response:
    return render("docs/errors.html", errors=refusals_by_error())
