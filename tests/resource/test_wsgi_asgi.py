"""Any application behind the guard: WSGI and ASGI."""

import asyncio

import httpx
import pytest

from idp.resource import Requirement, asgi, wsgi
from tests.resource.conftest import ISSUER, METADATA, ORDERS, bearer


def plain(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["idp.token"].subject.encode()]


async def modern(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": scope["idp.token"].subject.encode()})
    else:
        await send({"type": f"{scope['type']}.reached"})


@pytest.fixture(params=["wsgi", "asgi"])
def ask(request, verifier):
    """Ask an application behind the guard, whichever kind it is."""
    needs = Requirement(scope="orders.read")
    old = wsgi.Guard(plain, verifier, needs, scopes_supported=["orders.read"])
    new = asgi.Guard(modern, verifier, needs, scopes_supported=["orders.read"])

    async def ask_new(path, **values):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(new), base_url="https://orders.example") as client:
            return await client.request(values.pop("method", "GET"), path, **values)

    def ask_old(path, **values):
        with httpx.Client(transport=httpx.WSGITransport(old), base_url="https://orders.example") as client:
            return client.request(values.pop("method", "GET"), path, **values)

    return ask_old if request.param == "wsgi" else lambda path, **values: asyncio.run(ask_new(path, **values))


def test_a_good_token_goes_on_to_the_application(ask, token, buyer):
    answer = ask("/v1/orders", headers={"Authorization": bearer(token)})
    assert (answer.status_code, answer.text) == (200, buyer)


def test_nobody_else_does(ask, token, signed):
    answer = ask("/v1/orders")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == f'Bearer resource_metadata="{METADATA}"'
    answer = ask("/v1/orders", headers={"Authorization": bearer(token[:-5])})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    answer = ask("/v1/orders", headers={"Authorization": bearer(signed(scope="other"))})
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    assert 'scope="orders.read"' in answer.headers["WWW-Authenticate"]


def test_a_token_elsewhere_than_in_one_header_is_refused(ask, token):
    assert ask(f"/v1/orders?access_token={token}", headers={"Authorization": bearer(token)}).status_code == 400
    assert ask("/v1/orders", headers={"Authorization": f"{bearer(token)},{bearer(token)}"}).status_code == 400
    assert ask("/v1/orders", method="POST", data={"access_token": token}).status_code == 401


@pytest.mark.parametrize("path", ["/.well-known/oauth-protected-resource/v1", "/.well-known/oauth-protected-resource"])
def test_the_metadata_needs_no_token(ask, path):
    answer = ask(path)
    assert answer.status_code == 200
    assert answer.json() == {
        "resource": ORDERS, "authorization_servers": [ISSUER], "bearer_methods_supported": ["header"],
        "scopes_supported": ["orders.read"],
    }  # fmt: skip
    assert ask(path, method="POST").status_code == 401


def test_an_issuer_that_is_down_is_503(ask, token, wire):
    wire.cut = True
    assert ask("/v1/orders", headers={"Authorization": bearer(token)}).status_code == 503


def converse(guard, scope):
    """Let a guard answer a scope that httpx does not speak; return what it sent."""
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    asyncio.run(guard({"headers": [], "query_string": b"", "path": "/", **scope}, receive, send))
    return sent


def test_two_authorization_headers_are_refused_by_asgi(verifier, token):
    header = (b"authorization", bearer(token).encode())
    sent = converse(asgi.Guard(modern, verifier), {"type": "http", "method": "GET", "headers": [header, header]})
    assert sent[0]["status"] == 400


def test_a_websocket_is_opened_by_a_token_alone(verifier, token):
    guard = asgi.Guard(modern, verifier)
    assert converse(guard, {"type": "websocket"}) == [{"type": "websocket.close", "code": 1008, "reason": ""}]
    header = (b"Authorization", bearer(token).encode())
    assert converse(guard, {"type": "websocket", "headers": [header]}) == [{"type": "websocket.reached"}]


def test_the_lifespan_of_the_server_goes_through_and_nothing_unknown_does(verifier):
    guard = asgi.Guard(modern, verifier)
    assert converse(guard, {"type": "lifespan"}) == [{"type": "lifespan.reached"}]
    with pytest.raises(ValueError):
        converse(guard, {"type": "carrier-pigeon"})
