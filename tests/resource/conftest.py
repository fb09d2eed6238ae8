"""An API that stands beside the real server: it reaches the server by HTTP and nothing else."""

import time
from collections import Counter

import httpx
import pytest

from idp.access import catalogue
from idp.keyring import service as keyring
from idp.resource import Introspector, Verifier
from tests.actors import RelyingParty

ISSUER = "https://id.example.com"
ORDERS = "https://orders.example/v1"
METADATA = "https://orders.example/.well-known/oauth-protected-resource/v1"


class Wire(httpx.BaseTransport):
    """The way to the server: counts what is asked, can be cut, and can answer something else."""

    def __init__(self, app) -> None:
        self.inner, self.asked, self.cut, self.answers = httpx.WSGITransport(app), Counter(), False, {}

    def handle_request(self, request):
        self.asked[request.url.path] += 1
        if self.cut:
            raise httpx.ConnectError("the line is cut")
        if request.url.path in self.answers:
            return self.answers[request.url.path]
        return self.inner.handle_request(request)

    @property
    def keys_read(self):
        return self.asked["/oauth/jwks"]


@pytest.fixture
def wire(app):
    return Wire(app)


@pytest.fixture
def http(wire):
    with httpx.Client(transport=wire) as client:
        yield client


@pytest.fixture
def verifier(http):
    return Verifier(ISSUER, ORDERS, http=http)


@pytest.fixture
def shop(app, factory, arrange):
    """An app whose people may read orders when they are buyers."""
    arrange.run(_make_api)
    scopes = ["openid", "profile", "roles", "offline_access", "orders.read", "orders.write"]
    return RelyingParty(app, *factory.client_with_secret(scopes=scopes, allowed_apis=[ORDERS]))


def _make_api():
    catalogue.create_api(ORDERS, name="Orders")
    role = catalogue.create_role("buyer")
    for name in ("orders.read", "orders.write"):
        catalogue.add_permission(ORDERS, name)
    catalogue.add_to_role(role, ORDERS, "orders.read")


@pytest.fixture
def buyer(factory, shop):
    return factory.user(roles=["buyer"])


@pytest.fixture
def tokens(shop, buyer, arrange):
    """What the token endpoint answers a buyer; other fields bend the sign-in."""

    def make(scope="openid roles orders.read", **fields):
        return arrange.tokens(shop, buyer, scope=scope, resources=[ORDERS], **fields)

    return make


@pytest.fixture
def token(tokens):
    return tokens()["access_token"]


@pytest.fixture
def signed(arrange):
    """A token of the server's own key, with claims and type bent; None takes a claim out."""

    def make(typ="at+jwt", **changes):
        moment = int(time.time())
        claims = {
            "iss": ISSUER, "aud": ORDERS, "sub": "person", "client_id": "client", "iat": moment, "exp": moment + 60,
            "jti": "1", "scope": "orders.read", **changes,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return arrange.run(keyring.sign, claims, typ=typ)

    return make


@pytest.fixture
def guard(app, factory, shop):
    """A client of type `api`: the API's own name at the server."""
    return RelyingParty(
        app,
        *factory.client_with_secret(type="api", redirect_uris=[], post_logout_redirect_uris=[], allowed_apis=[ORDERS]),
    )


@pytest.fixture
def introspector(guard, http):
    return lambda **values: Introspector(ISSUER, ORDERS, guard.client_id, guard.client_secret, http=http, **values)


def bearer(token):
    return f"Bearer {token}"
