"""An API that takes access tokens: of the provider it knows the address, and the kit for APIs does the rest."""

import os

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from idp.resource.flask import ResourceServer, current_token, require

ISSUER = os.environ.get("DEMO_ISSUER", "http://localhost:8000")
AUDIENCE = os.environ.get("DEMO_API", "http://127.0.0.1:8001/api")
SCOPES = ["articles:read", "articles:publish"]
server = ResourceServer(issuer=ISSUER, audience=AUDIENCE, scopes_supported=SCOPES)
blueprint = Blueprint("api", __name__)


@blueprint.get("/articles")
@require(scope="articles:read")
def read() -> ResponseReturnValue:
    return jsonify({"articles": ["Cookies ignore ports", "A code works once"], "asked by": current_token.subject})


@blueprint.post("/articles")
@require(scope="articles:publish")
def publish() -> ResponseReturnValue:
    return jsonify({"published": "A new article", "asked by": current_token.subject})
