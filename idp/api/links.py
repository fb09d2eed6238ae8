"""What can be done next with an answer: links from what was made or listed to the routes that read and change it.

They are computed from ROUTES: whose address goes on after another's is about a part of what that one answers with.
"""

from typing import Any

from idp.api.routes import ROUTES, Route

_ETAG = "$response.header.ETag"


def links_of(route: Route) -> dict[str, Any]:
    """Return the links of a route's success by the name of the operation that each leads to."""
    if route.answer is None or route.method == "DELETE":
        return {}
    found = {target.endpoint: _link(route, target) for target in ROUTES if _goes_on(route, target)}
    if _is_versioned(route):
        found |= {target.endpoint: _link(route, target) for target in ROUTES if _is_change_of(route, target)}
    return found


def _goes_on(route: Route, target: Route) -> bool:
    """Tell whether a route leads to things, one of which another is about."""
    return target.rule.startswith(f"{route.rule}/<") and _place_of_id(route, target) is not None


def _is_change_of(route: Route, target: Route) -> bool:
    return target.versioned and target.rule == route.rule


def _is_versioned(route: Route) -> bool:
    return route.answer is not None and "version" in route.answer.model_fields


def _link(route: Route, target: Route) -> dict[str, Any]:
    parameters = {f"path.{name}": f"$request.path.{name}" for name in route.parameters}
    new = [name for name in target.parameters if name not in route.parameters]
    if new:
        parameters[f"path.{new[0]}"] = f"$response.body#/{_place_of_id(route, target)}"
    if target.versioned and _is_versioned(route):
        parameters["header.If-Match"] = _ETAG
    return {"operationId": target.endpoint, "parameters": parameters}


def _place_of_id(route: Route, target: Route) -> str | None:
    """Return where an answer holds what the next part of an address is, or None where it does not."""
    answer = route.answer
    if answer is None:
        return None
    items = answer.model_fields.get("items")
    if items is None:
        return "id" if route.status == 201 and "id" in answer.model_fields else None
    item = items.annotation.__args__[0]  # type: ignore[union-attr]
    name = "id" if "id" in item.model_fields else target.parameters[len(route.parameters)]
    return f"items/0/{name}" if name in item.model_fields else None
