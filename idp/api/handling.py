"""From request to answer: who calls, may they, what do they say, do it, and say what came of it."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request
from pydantic import BaseModel

from idp.api import auth, repeats
from idp.api.problems import Problem
from idp.api.reading import read_body, read_idempotency_key, read_if_match, read_path, read_query
from idp.api.repeats import Answer
from idp.api.routes import USUAL, Route
from idp.core.db import db, transaction
from idp.core.http import protocol_endpoint, takes_upload
from idp.core.settings import settings


def mount(blueprint: Blueprint, route: Route) -> None:
    """Put a route into the blueprint."""

    def view(**path: str) -> Response:
        return handle(route, path)

    if route.largest > USUAL:
        view = takes_upload(route.largest)(view)
    blueprint.add_url_rule(
        route.rule, f"{route.noun}_{route.endpoint}", protocol_endpoint(view), methods=[route.method],
        provide_automatic_options=False,
    )  # fmt: skip


def handle(route: Route, path: dict[str, str]) -> Response:
    """Answer a request to a route."""
    caller = g.api_caller = auth.authenticate()
    auth.authorize(caller, route)
    values: dict[str, Any] = dict(read_path(path))
    query, body = read_query(route), read_body(route)
    values |= {"query": query} if route.query else {}
    values |= _prepared(route, body)
    answer = _read(route, values) if route.method == "GET" else _write(route, values, caller)
    response = Response(answer.body, answer.status, content_type="application/json")
    if answer.status == 204:
        del response.headers["Content-Type"]
    response.headers.update(answer.headers)
    return response


def _prepared(route: Route, body: BaseModel | None) -> dict[str, Any]:
    """Return what the view takes of the body. What costs time is done here: no database waits for it."""
    if route.prepare is None:
        return {"body": body} if route.body else {}
    db.session.rollback()
    return {"ready": route.prepare(body)}


def _read(route: Route, values: dict[str, Any]) -> Answer:
    return _answer(route, route.view(**values))


def _write(route: Route, values: dict[str, Any], caller: auth.Caller) -> Answer:
    """Do all of a write or nothing of it, with its event, and with the answer that may be asked for again."""
    key = read_idempotency_key() if route.method == "POST" else None
    if not route.repeatable:
        return _ask_elsewhere(route, values, key)
    g.expected_version = read_if_match() if route.versioned else None
    with transaction():
        if key is None:
            return _answer(route, route.view(**values))
        return repeats.once(caller, key, lambda: _answer(route, route.view(**values)))


def _ask_elsewhere(route: Route, values: dict[str, Any], key: str | None) -> Answer:
    """Do what asks another server; no transaction is open meanwhile, and it is done as often as it is asked for."""
    if key is not None:
        raise Problem(400, "This takes no Idempotency-Key: it is done as often as it is asked for.")
    return _answer(route, route.view(**values))


def _answer(route: Route, found: BaseModel | None) -> Answer:
    if found is None:
        return Answer(204, b"", {})
    headers = {}
    if (version := getattr(found, "version", None)) is not None:
        headers["ETag"] = f'"{version}"'
    if (after := getattr(found, "next", None)) is not None:
        headers["Link"] = f'<{_next_url(after)}>; rel="next"'
    if route.status == 201 and "id" in type(found).model_fields:
        headers["Location"] = f"{settings().issuer}{request.path}/{found.id}"  # type: ignore[attr-defined]
    return Answer(route.status, found.model_dump_json().encode(), headers)


def _next_url(after: str) -> str:
    return f"{settings().issuer}{request.path}?{urlencode({**request.args, 'after': after})}"
