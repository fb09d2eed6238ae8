"""Health endpoints: `/livez` touches nothing, `/readyz` asks the dependencies."""

from flask import Blueprint, Response, jsonify, make_response

from idp.core.http import protocol_endpoint
from idp.observe.health import readiness

blueprint = Blueprint("observe", __name__)


@blueprint.get("/livez")
@protocol_endpoint
def livez() -> Response:
    return jsonify(status="ok")


@blueprint.get("/readyz")
@protocol_endpoint
def readyz() -> Response:
    checks = readiness()
    ready = all(state == "ok" for state in checks.values())
    response = make_response(jsonify(status="ok" if ready else "unavailable", checks=checks), 200 if ready else 503)
    if not ready:
        response.headers["Retry-After"] = "2"
    return response
