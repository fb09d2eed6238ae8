"""The token endpoint as such: what it reads, whom it believes, how it says no."""

import base64

import pytest

from tests.arrange import refused

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def machine(factory):
    """A machine client; its id and secret."""
    return factory.client_with_secret(type="machine", redirect_uris=[], post_logout_redirect_uris=[], scopes=[])


def basic(client_id, secret):
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def ask(client, headers=None, **form):
    return client.post("/oauth/token", data={"grant_type": "client_credentials", **form}, headers=headers)


def test_an_answer_is_json_that_nobody_may_keep(client, machine):
    response = ask(client, basic(*machine))
    assert response.status_code == 200, response.json
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Pragma"] == "no-cache"
    assert response.json["token_type"] == "Bearer"
    assert response.json["expires_in"] == 600


def test_secret_in_basic_is_form_decoded(client, factory):
    # Ids and secrets of ours need no encoding, but a library may encode them all the same (RFC 6749 §2.3.1).
    client_id, secret = factory.client_with_secret(type="machine", redirect_uris=[], post_logout_redirect_uris=[])
    encoded = "".join(f"%{byte:02X}" for byte in secret.encode())
    assert ask(client, basic(client_id, encoded)).status_code == 200


def test_basic_scheme_is_read_in_any_case(client, machine):
    value = basic(*machine)["Authorization"].removeprefix("Basic ")
    assert ask(client, {"Authorization": "bAsIc " + value}).status_code == 200


def test_client_id_in_the_body_beside_basic_must_be_the_same(client, machine):
    assert ask(client, basic(*machine), client_id=machine[0]).status_code == 200
    assert refused(ask(client, basic(*machine), client_id="another"), "invalid_request")


def test_post_secret_is_taken_only_from_a_client_registered_for_it(client, factory, machine):
    posting = factory.client_with_secret(
        type="machine", redirect_uris=[], post_logout_redirect_uris=[], token_endpoint_auth_method="client_secret_post"
    )
    assert ask(client, client_id=posting[0], client_secret=posting[1]).status_code == 200
    assert refused(ask(client, client_id=machine[0], client_secret=machine[1]), "invalid_client", 401)
    assert refused(ask(client, basic(*posting)), "invalid_client", 401)


def test_an_empty_parameter_counts_as_absent(client, machine):
    response = client.post("/oauth/token", data="grant_type=", content_type=FORM, headers=basic(*machine))
    assert refused(response, "invalid_request")
    assert response.json["error_uri"].endswith("invalid_request-missing")


def test_refused_client_is_challenged(client):
    response = ask(client, basic("nobody", "nothing"))
    assert refused(response, "invalid_client", 401)
    assert response.headers["WWW-Authenticate"].startswith('Basic realm="https://id.example.com"')


def test_grant_that_the_client_is_not_registered_for_is_refused(client, rp):
    assert refused(rp.token(grant_type="client_credentials"), "unauthorized_client")


def test_refusals_are_audited_without_the_secret(client, machine, app):
    from idp.audit.service import find_events

    ask(client, basic(machine[0], "wrong-secret-value"))
    ask(client, basic(*machine), scope="nonsense")
    with app.app_context():
        events = [(event.tag, str(event.detail)) for event in find_events(limit=5)]
    assert {"client.authentication_failed", "token.refused"} <= {tag for tag, _detail in events}
    assert not any("wrong-secret-value" in detail or machine[1] in detail for _tag, detail in events)


def test_strangers_cannot_flood_the_audit(client, app):
    from sqlalchemy import func, select

    from idp.audit.models import Event
    from idp.core.db import db

    for _turn in range(320):
        assert client.get("/oauth/userinfo", headers={"Authorization": "Bearer x"}).status_code == 401
    with app.app_context():
        assert db.session.execute(select(func.count()).select_from(Event)).scalar_one() <= 310
