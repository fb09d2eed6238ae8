"""The OpenAPI 3.1 document, computed from ROUTES and the schemas: it cannot say anything else than the code does.

What is the same in every house and language is computed once a process: anybody may ask for the document.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from idp import __version__
from idp.access import service as access
from idp.access.permissions import ANY, PERMISSIONS, ways_to
from idp.api.links import links_of
from idp.api.problems import MEDIA_TYPE, describe
from idp.api.routes import ROUTES, Route
from idp.core.settings import settings

_REF = "#/components/schemas/{model}"
MEANINGS = {
    400: "The request cannot be read.",
    401: "No key or token, a wrong one, or a sign-in that is too old or too weak.",
    403: "The permission is missing, or it is about somebody who may do more.",
    404: "There is no such thing.",
    409: "It is against the state of things: a name is taken, or the last owner would be lost.",
    412: "Somebody changed it meanwhile.",
    413: "The body is longer than 64 KiB, or than the route says.",
    414: "The query is longer than 8 KiB.",
    415: "The body is not application/json.",
    422: "A field or a query parameter does not fit.",
    428: "If-Match is missing.",
    429: "Too many tries; Retry-After says when to go on.",
    503: "A dependency is down; Retry-After says when to go on.",
}
"""What each refusal says."""
_INTRODUCTION = """\
Everything the console does, for programs. Send an API key (`idpk_…`, made on the page “API keys” of the console or with
`idp api-key add`) or an access token for this API as `Authorization: Bearer`. A list comes in pages: ask again with
`after` set to `next`. What has a `version` answers with an `ETag`, and a change of it wants that in `If-Match`. A POST
with an `Idempotency-Key`, where one is taken, happens once; sent again within 24 hours it gets the same answer.
Refusals are `application/problem+json` (RFC 9457)."""


def document() -> dict[str, Any]:
    """Return the document."""
    schemas = _schemas()
    return {
        "openapi": "3.1.0",
        "info": {"title": "Admin API", "version": __version__, "description": _INTRODUCTION},
        "servers": [{"url": access.own_api()}],
        "security": [{"api_key": []}, {"access_token": []}],
        "tags": [{"name": noun} for noun in nouns()],
        "paths": _paths(),
        "components": {
            "schemas": {**schemas, "Problem": describe()},
            "responses": {name_of(status): _problem(status) for status in MEANINGS},
            "securitySchemes": _schemes(),
        },
    }


def nouns() -> list[str]:
    """List what the routes are about, in the order they came."""
    return list(dict.fromkeys(route.noun for route in ROUTES))


def name_of(status: int) -> str:
    """Return the name of a refusal among the components."""
    return f"Problem{status}"


@cache
def _schemas() -> dict[str, Any]:
    told = [(model, "serialization") for model in _models(route.answer for route in ROUTES)]
    sent = [(model, "validation") for model in _models(route.body for route in ROUTES)]
    _names, found = models_json_schema([*told, *sent], ref_template=_REF)  # type: ignore[list-item]
    return dict(sorted(found["$defs"].items()))


def _models(models: Iterable[type[BaseModel] | None]) -> list[type[BaseModel]]:
    return list(dict.fromkeys(model for model in models if model is not None))


@cache
def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return paths


def _operation(route: Route) -> dict[str, Any]:
    says = [route.says_more] if route.says_more else []
    says += [_needs(route)]
    says += ["A person's token must come from a fresh sign-in."] if route.sudo else []
    says += [f"Leaves the event `{route.event.value}`."] if route.event else []
    operation: dict[str, Any] = {
        "operationId": route.endpoint, "tags": [route.noun], "summary": route.says, "description": " ".join(says),
        "parameters": _parameters(route), "responses": {str(route.status): _success(route)},
        "x-permission": route.permission,
    }  # fmt: skip
    if route.body is not None:
        content = {"application/json": {"schema": {"$ref": _REF.format(model=route.body.__name__)}}}
        operation["requestBody"] = {"required": True, "content": content}
    for status in route.statuses:
        operation["responses"][str(status)] = {"$ref": f"#/components/responses/{name_of(status)}"}
    return operation


def _needs(route: Route) -> str:
    if route.permission == ANY:
        return "Needs any permission."
    names = " and ".join(" or ".join(f"`{one}`" for one in ways_to(name)) for name in route.permissions)
    return f"Needs the permission{'s' if route.also else ''} {names}."


def _parameters(route: Route) -> list[dict[str, Any]]:
    text = {"type": "string", "minLength": 1, "maxLength": 200}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in route.parameters
    ]
    if route.query is not None:
        whole = route.query.model_json_schema()
        for name, schema in whole["properties"].items():
            is_wanted = name in whole.get("required", ())
            found.append({"name": name, "in": "query", "required": is_wanted, "schema": _plain(schema)})
    if route.versioned:
        tag = {"type": "string"}
        says = "The ETag that was seen."
        found.append({"name": "If-Match", "in": "header", "required": True, "schema": tag, "description": says})
    if route.takes_key:
        key = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]+$"}
        says = "The same for every try of one act."
        found.append({"name": "Idempotency-Key", "in": "header", "required": False, "schema": key, "description": says})
    return found


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a query parameter: absent it may be, null it is never."""
    choices = [item for item in schema.get("anyOf", []) if item != {"type": "null"}]
    if len(choices) == 1:
        found = {**schema, **choices[0]}
        del found["anyOf"]
    else:
        found = {**schema, "anyOf": choices} if choices else dict(schema)
    return {name: value for name, value in found.items() if name != "title" and value is not None}


def _success(route: Route) -> dict[str, Any]:
    if route.answer is None:
        return {"description": "Done."}
    name = _component_of(route.answer)
    answer: dict[str, Any] = {
        "description": "Done.",
        "content": {"application/json": {"schema": {"$ref": _REF.format(model=name)}}},
    }
    if "version" in route.answer.model_fields:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    if "next" in route.answer.model_fields:
        answer["headers"] = {"Link": {"schema": {"type": "string"}}}
    if links := links_of(route):
        answer["links"] = links
    return answer


def _component_of(model: type[BaseModel]) -> str:
    """Return the name of a schema, as pydantic writes it: `Page[User]` is `Page_User_`."""
    return model.__name__.replace("[", "_").replace("]", "_")


def _problem(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    found: dict[str, Any] = {"description": MEANINGS[status], "content": content}
    if status == 401:
        found["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return found


def _schemes() -> dict[str, Any]:
    issuer = settings().issuer
    scopes = {name: str(title) for name, title in PERMISSIONS.items()}
    flow = {"tokenUrl": f"{issuer}/oauth/token", "scopes": scopes}
    flows = {
        "authorizationCode": {**flow, "authorizationUrl": f"{issuer}/oauth/authorize"},
        "clientCredentials": flow,
    }
    return {
        "api_key": {"type": "http", "scheme": "bearer", "description": "An API key, `idpk_…`."},
        "access_token": {"type": "oauth2", "flows": flows},
    }
