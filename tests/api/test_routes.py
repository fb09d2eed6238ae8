"""Every route of the API: its permission, its document, and the one event it leaves."""

import gzip
import re

import pytest
from openapi_spec_validator import validate

from idp.access.permissions import ANY, PERMISSIONS, covers
from idp.api.routes import ROUTES
from idp.audit.models import Event
from idp.core.db import db

named = {"ids": lambda route: f"{route.method} {route.rule}"}
PROBLEM = {"type", "title", "status", "detail", "errors"}


def assert_problem(response, status):
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    assert response.json.keys() == PROBLEM
    assert response.json["status"] == status
    assert response.headers["X-Request-Id"]


def test_every_route_is_in_the_table_and_asks_for_a_permission_of_ours(app):
    served = {
        (method, rule.rule.removeprefix("/api/v1"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD"}
    }
    open_to_all = {("GET", "/openapi.json"), ("GET", "/docs"), ("OPTIONS", "/openapi.json"), ("OPTIONS", "/docs")}
    assert served - open_to_all == {(route.method, route.rule) for route in ROUTES}
    assert all(route.permission in PERMISSIONS or route.permission == ANY for route in ROUTES)
    assert {route.endpoint for route in ROUTES if route.method != "GET" and not route.event} == {"hand_in_import"}


def test_the_document_is_valid_and_names_every_route(owner):
    document = owner.get("/openapi.json").json
    validate(document)
    operations = [item for path in document["paths"].values() for item in path.values()]
    assert len(operations) == len(ROUTES)
    assert {item["x-permission"] for item in operations} <= {*PERMISSIONS, ANY}


def test_the_page_to_read_obeys_the_policy_and_shows_every_route(callers):
    response = callers.nobody().get("/docs")
    text = response.get_data(as_text=True)
    assert "script-src 'nonce-" in response.headers["Content-Security-Policy"]
    assert " style=" not in text
    assert " onclick" not in text
    assert all(f'id="{route.endpoint}"' in text and route.path in text for route in ROUTES)


def test_the_page_to_read_says_of_each_route_what_goes_in_and_comes_out(callers):
    text = callers.nobody().get("/docs").get_data(as_text=True)
    parts = dict(re.findall(r'<section id="(\w+)">\s*<h3>(.*?)</section>', text, re.DOTALL))
    for route in ROUTES:
        part = parts[route.endpoint]
        for model in (route.query, route.body):
            assert all(f"<code>{name}</code>" in part for name in (model.model_fields if model else ()))
        fields = route.answer.model_fields if route.answer else {}
        assert all(f"<code>{name}</code>" in part for name in fields)
        assert ("<code>If-Match</code>" in part) is route.versioned
        assert ("<code>Idempotency-Key</code>" in part) is route.takes_key
        assert ", ".join(str(status) for status in sorted({route.status, *route.statuses})) in part
    assert "<code>items[].email</code>" in parts["list_users"]
    assert "number (1 to 100)" in parts["list_users"]
    assert "active, " in parts["list_users"]
    assert "<code>address.country</code>" in parts["invite_user"]
    assert "<code>email</code> required" in parts["invite_user"]
    assert text.count("<details>") >= len(ROUTES)
    assert len(gzip.compress(text.encode(), 6)) < 40 * 1024


def test_nobody_gets_anything(callers, place):
    nobody = callers.nobody()
    for route in ROUTES:
        response = nobody(route.method, place.path(route))
        assert_problem(response, 401)
        assert response.headers["WWW-Authenticate"].startswith('Bearer realm="https://id.example.com/api/v1"')
        assert "error=" not in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("permission", sorted({route.permission for route in ROUTES}))
def test_without_the_permission_a_route_is_closed_and_nothing_happens(callers, place, permission):
    """Not to somebody who has every other permission, and not to an owner's key that was made without it."""
    others = {name for name in PERMISSIONS if not covers([name], permission)}
    for api in [callers.without_any()] if permission == ANY else [callers.somebody(*others), callers.limited(*others)]:
        for route in [route for route in ROUTES if route.permission == permission]:
            before = place.count(route.event) if route.event else 0
            response = place.call(api, route)
            assert_problem(response, 403)
            challenge = response.headers["WWW-Authenticate"]
            assert f'error="insufficient_scope", scope="{permission}"' in challenge
            assert (place.count(route.event) if route.event else 0) == before


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], **named)
def test_what_is_read_needs_only_its_own_permissions(callers, place, route):
    permissions = ["admin.audit.read"] if route.permission == ANY else route.permissions
    place.prepare(route)
    assert place.call(callers.somebody(*permissions), route).status_code == 200
    for missing in permissions if route.also else ():
        assert_problem(place.call(callers.limited(*{*PERMISSIONS} - {missing}), route), 403)


@pytest.mark.parametrize("route", [route for route in ROUTES if route.event], **named)
def test_every_write_leaves_its_event_once_and_names_who_did_it_through_what(callers, place, owner, clock, route):
    place.prepare(route)
    clock.advance(20 * 60)  # a next key is known to everybody by then
    before = place.count(route.event)
    response = place.call(owner, route)
    assert response.status_code == route.status, response.get_data(as_text=True)
    assert place.count(route.event) == before + 1
    assert callers.arrange.uses_out_of_step() == []
    with place.app.app_context():
        newest = db.session.query(Event).filter(Event.tag == route.event.value).order_by(Event.id.desc()).first()
        assert newest.actor == f"user:{callers.owner_id}"
        assert newest.detail["via"].startswith("api_key:")


@pytest.mark.parametrize("route", [route for route in ROUTES if route.versioned], **named)
def test_a_versioned_write_wants_the_version_that_was_seen(place, owner, route):
    from idp.api.curl import example_of

    path, body = place.path(route), example_of(route)
    assert_problem(owner(route.method, path, body), 428)
    for stale in ('"0"', '"999"', "*", 'W/"1"', "1", '"x"'):
        assert_problem(owner(route.method, path, body, headers={"If-Match": stale}), 412)
    seen = owner.get(path)
    assert seen.headers["ETag"] == f'"{seen.json["version"]}"'
    done = owner(route.method, path, body, headers={"If-Match": seen.headers["ETag"]})
    assert done.status_code == route.status
    if route.method == "PATCH":
        assert done.json["version"] == seen.json["version"] + 1
        assert_problem(owner(route.method, path, body, headers={"If-Match": seen.headers["ETag"]}), 412)
