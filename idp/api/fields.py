"""What goes into an operation and comes out of it, field by field, for people: read from the OpenAPI document."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from idp.api.routes import Route

Schema = dict[str, Any]
_BARE = {
    "string": "text", "integer": "number", "number": "number", "boolean": "true or false", "object": "object",
    "null": "null",
}  # fmt: skip
_FORMATS = {"date-time": "time", "date": "day"}


@dataclass(frozen=True)
class Line:
    """A query parameter or a field; `user.name` is a field inside another, `items[].id` one of each in a list."""

    name: str
    kind: str
    says: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """What goes into an operation and comes out of it."""

    query: list[Line]
    body: list[Line]
    answer: list[Line]
    headers: list[str]
    statuses: list[int]


def operation_of(route: Route, document: Schema) -> Operation:
    """Return what a document says of a route."""
    found = document["paths"][route.path][route.method.lower()]
    schemas = document["components"]["schemas"]
    given = [item for item in found["parameters"] if item["in"] == "query"]
    sent, told = found.get("requestBody", {}), found["responses"][str(route.status)]
    return Operation(
        query=[_line(item["name"], item["schema"], required=item["required"]) for item in given],
        body=list(_lines(_content(sent), schemas)),
        answer=list(_lines(_content(told), schemas)),
        headers=[item["name"] for item in found["parameters"] if item["in"] == "header"],
        statuses=sorted(map(int, found["responses"])),
    )


def _content(holder: Schema) -> Schema:
    found: Schema = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _lines(schema: Schema, schemas: Schema, before: str = "") -> Iterator[Line]:
    """List the fields of a schema, each followed by those inside it."""
    schema = _meant(schema, schemas)
    for name, field in schema.get("properties", {}).items():
        yield _line(before + name, field, required=name in schema.get("required", ()))
        inner, mark = _inner(field)
        yield from _lines(inner, schemas, f"{before}{name}{mark}.")


def _meant(schema: Schema, schemas: Schema) -> Schema:
    found: Schema = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return found


def _inner(field: Schema) -> tuple[Schema, str]:
    """Return what has fields of its own inside a field, and how that is written behind the name."""
    choices = [field, *field.get("anyOf", [])]
    for choice in choices:
        if "$ref" in choice:
            return choice, ""
        if "$ref" in choice.get("items", {}):
            return choice["items"], "[]"
    return {}, ""


def _line(name: str, schema: Schema, *, required: bool) -> Line:
    return Line(name, _kind(schema), schema.get("description", ""), required)


def _kind(schema: Schema) -> str:
    """Say in a few words what a value may be."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(choice) for choice in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if "$ref" in schema:
        return "object"
    bare = _FORMATS.get(schema.get("format", ""), _BARE.get(schema.get("type", ""), "any value"))
    return " ".join(filter(None, [bare, _bounds(schema)]))


def _bounds(schema: Schema) -> str:
    low = schema.get("minimum", schema.get("minLength"))
    high = schema.get("maximum", schema.get("maxLength"))
    if high is None:
        return ""
    return f"({low} to {high})" if low is not None else f"(up to {high})"
