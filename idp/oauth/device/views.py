"""The routes of device sign-in; they are there when the feature is on."""

from flask import Blueprint, Response, request

from idp.core.extensions import limiter
from idp.core.http import anonymous_form, protocol_endpoint
from idp.oauth.device import pages
from idp.oauth.device.errors import CodeIsOver
from idp.oauth.device.forms import UserCodeForm
from idp.oauth.server import server

blueprint = Blueprint("device", __name__)
blueprint.register_error_handler(CodeIsOver, pages.code_is_over)
blueprint.register_error_handler(pages.NotForThisAccount, pages.not_for_this_account)
_per_address = limiter.limit("60 per minute")


@blueprint.post("/oauth/device_authorization")
@protocol_endpoint
def authorize() -> Response:
    return server().create_endpoint_response("device_authorization")


@blueprint.get("/device")
def enter() -> Response:
    return pages.show_entry(request.args.get("user_code", ""))


@blueprint.post("/device")
@anonymous_form
@_per_address
def find() -> Response:
    return pages.enter_code(UserCodeForm(request.form))


@blueprint.get("/device/confirm/<flow>")
def confirm(flow: str) -> Response:
    return pages.show_confirm(flow)


@blueprint.post("/device/confirm/<flow>")
def decide(flow: str) -> Response:
    return pages.decide(flow, request.form.get("decision", ""))


@blueprint.get("/device/done")
def done() -> Response:
    return pages.show_done(request.args.get("outcome", ""))
