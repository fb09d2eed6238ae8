"""The document for programs, and the same for people to read."""

import orjson
from flask import Blueprint, Response

from idp.access import service as access
from idp.access.permissions import ways_to
from idp.api.curl import curl_of
from idp.api.fields import operation_of
from idp.api.openapi import MEANINGS, document, nouns
from idp.api.routes import ROUTES
from idp.core.http import protocol_endpoint, render


def mount_documents(blueprint: Blueprint) -> None:
    """Put the two addresses into the blueprint; both are open, for they tell nothing of anybody."""
    blueprint.add_url_rule("/openapi.json", "openapi", protocol_endpoint(openapi), methods=["GET"])
    blueprint.add_url_rule("/docs", "docs", docs, methods=["GET"])


def openapi() -> Response:
    return Response(orjson.dumps(document()), content_type="application/json")


def docs() -> Response:
    groups = [(noun, [route for route in ROUTES if route.noun == noun]) for noun in nouns()]
    described = document()
    return render(
        "docs/api.html", groups=groups, base=access.own_api(), meanings=MEANINGS, curl=curl_of, ways_to=ways_to,
        operation_of=lambda route: operation_of(route, described),
    )  # fmt: skip
