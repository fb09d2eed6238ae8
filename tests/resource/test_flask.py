"""An API of Flask beside the real server: the extension, the decorator, the metadata of RFC 9728."""

import asyncio
import inspect

import flask
import pytest

from idp.resource.flask import ResourceServer, current_token, require
from tests.resource.conftest import ISSUER, METADATA, ORDERS, bearer

blueprint = flask.Blueprint("orders", __name__)


@blueprint.get("/orders")
@require(scope="orders.read")
def read():
    return {"person": current_token.subject, "roles": sorted(current_token.roles)}


@blueprint.post("/orders")
@require(scope="orders.write")
def write():
    return "written"


@blueprint.post("/echo")
@require()
def echo():
    return flask.request.get_data()


@blueprint.get("/payments")
@require(scope="orders.read", acr="2", max_age=300)
def pay():
    return "paid"


@blueprint.get("/staff")
@require(role="staff", permission="orders.read")
def staff():
    return "hello"


@blueprint.get("/later")
@require(permission="orders.read")
async def later():
    return "later"


@blueprint.get("/open")
def open_to_all():
    return current_token.subject


@pytest.fixture
def api(http):
    app = flask.Flask(__name__)
    ResourceServer(app, issuer=ISSUER, audience=ORDERS, http=http, scopes_supported=["orders.read", "orders.write"])
    app.register_blueprint(blueprint)
    return app.test_client()


def authorized(token):
    return {"Authorization": bearer(token)}


def test_a_good_token_opens_a_view_and_tells_who_it_is(api, token, buyer):
    answer = api.get("/orders", headers=authorized(token))
    assert answer.status_code == 200
    assert answer.json == {"person": buyer, "roles": ["buyer"]}


def test_no_token_is_answered_without_an_error_code(api):
    answer = api.get("/orders")
    assert answer.status_code == 401
    assert answer.headers.getlist("WWW-Authenticate") == [f'Bearer resource_metadata="{METADATA}"']
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/json"


def test_a_bad_token_a_missing_scope_and_a_weak_sign_in_are_told_apart(api, token):
    bad = api.get("/orders", headers=authorized(token[:-5]))
    assert (bad.status_code, bad.json["error"]) == (401, "invalid_token")
    assert 'error="invalid_token", error_description="' in bad.headers["WWW-Authenticate"]
    lacking = api.post("/orders", headers=authorized(token))
    assert (lacking.status_code, lacking.json["error"]) == (403, "insufficient_scope")
    assert 'scope="orders.write"' in lacking.headers["WWW-Authenticate"]
    weak = api.get("/payments", headers=authorized(token))
    assert weak.status_code == 401
    assert weak.headers["WWW-Authenticate"] == (
        'Bearer error="insufficient_user_authentication", error_description="a stronger sign-in is needed", '
        f'acr_values="2", max_age="300", resource_metadata="{METADATA}"'
    )
    assert api.get("/staff", headers=authorized(token)).status_code == 403


def test_a_strong_sign_in_steps_up(api, tokens, arrange, buyer):
    strong = tokens(acr="2", amr=["pwd", "otp", "mfa"])["access_token"]
    assert api.get("/payments", headers=authorized(strong)).data == b"paid"


def test_a_view_may_be_a_coroutine(api, token):
    def ensure_sync(view):  # as Flask does it with the package asgiref
        return (lambda **values: asyncio.run(view(**values))) if inspect.iscoroutinefunction(view) else view

    api.application.ensure_sync = ensure_sync
    assert api.get("/later", headers=authorized(token)).data == b"later"


def test_a_token_in_the_query_or_the_form_is_refused(api, token):
    for answer in (
        api.get("/orders", query_string={"access_token": token}),
        api.get("/orders", query_string={"access_token": token}, headers=authorized(token)),
        api.get("/orders?access%5Ftoken=x", headers=authorized(token)),
        api.post("/echo", data={"access_token": token}),
        api.post("/echo", data={"access_token": token}, headers=authorized(token)),
    ):
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")
        assert token not in answer.get_data(as_text=True) + str(answer.headers)


def test_a_form_without_a_token_stays_readable(api, token):
    assert api.post("/echo", data={"a": "1"}, headers=authorized(token)).data == b"a=1"


def test_two_authorization_headers_are_refused(api, token):
    answer = api.get("/orders", headers=[("Authorization", bearer(token)), ("Authorization", bearer(token))])
    assert answer.status_code == 400


def test_an_issuer_that_is_down_is_503(api, token, wire):
    wire.cut = True
    answer = api.get("/orders", headers=authorized(token))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("path", ["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/v1"])
def test_the_metadata_names_the_issuer_and_the_one_way_to_send_a_token(api, path):
    answer = api.get(path)
    assert answer.status_code == 200
    assert answer.json == {
        "resource": ORDERS,
        "authorization_servers": [ISSUER],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["orders.read", "orders.write"],
    }


def test_an_api_without_an_address_has_no_metadata(http):
    app = flask.Flask(__name__)
    ResourceServer(app, issuer=ISSUER, audience="orders", http=http)
    app.register_blueprint(blueprint)
    assert app.test_client().get("/.well-known/oauth-protected-resource").status_code == 404
    assert app.test_client().get("/orders").headers["WWW-Authenticate"] == "Bearer"


def test_introspection_is_a_matter_of_two_settings(http, guard, shop, token):
    app = flask.Flask(__name__)
    server = ResourceServer(
        issuer=ISSUER, audience=ORDERS, client_id=guard.client_id, client_secret=guard.client_secret, http=http
    )
    server.init_app(app)
    app.register_blueprint(blueprint)
    assert app.test_client().get("/orders", headers=authorized(token)).status_code == 200
    shop.revoke(token)
    assert app.test_client().get("/orders", headers=authorized(token)).json["error"] == "invalid_token"


@pytest.mark.parametrize(
    "half", [{"client_id": "a"}, {"client_secret": "a"}, {"cache_seconds": 5}, {"client_id": "", "client_secret": ""}]
)
def test_half_of_the_settings_of_introspection_is_an_error(half):
    with pytest.raises(ValueError):
        ResourceServer(issuer=ISSUER, audience=ORDERS, **half)


def test_the_decorator_without_brackets_is_an_error_and_not_an_open_door():
    with pytest.raises(TypeError):
        require(read)


def test_an_application_without_the_extension_lets_nobody_in(token):
    app = flask.Flask(__name__)
    app.register_blueprint(blueprint)
    assert app.test_client().get("/orders", headers=authorized(token)).status_code == 500


def test_there_is_no_current_token_where_nothing_was_checked(api, token):
    assert api.get("/open", headers=authorized(token)).status_code == 500
