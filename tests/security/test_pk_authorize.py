"""PK-01 to PK-03: no code without a challenge, and none for a weak one."""

import pytest
from sqlalchemy import func, select, update

from idp.clients.models import Client
from idp.oauth.tokens.models import AuthorizationCode
from tests.actors import RelyingParty
from tests.oauth.front import app_is_told, signed_in


@pytest.mark.parametrize("kind", ["spa", "native"])
def test_pk01_public_client_without_a_challenge_is_refused_here(app, factory, browser, arrange, kind):
    rp = RelyingParty(app, factory.public_client(type=kind))
    signed_in(browser, factory)
    response = browser.http.get(rp.authorize_url(code_challenge=None, code_challenge_method=None))
    app_is_told(response, "invalid_request")
    assert arrange.rows(select(func.count()).select_from(AuthorizationCode))[0][0] == 0


def test_pk02_confidential_client_without_a_challenge_is_refused_here(rp, client):
    app_is_told(client.get(rp.authorize_url(code_challenge=None, code_challenge_method=None)), "invalid_request")


def test_pk02_requirement_cannot_be_lifted_for_a_public_client(app, factory, client, arrange):
    client_id = factory.public_client()
    arrange.execute(update(Client).where(Client.id == client_id).values(require_pkce=False))
    rp = RelyingParty(app, client_id)
    app_is_told(client.get(rp.authorize_url(code_challenge=None, code_challenge_method=None)), "invalid_request")


@pytest.mark.parametrize("method", ["plain", None, "", "s256", "S512", "S256 ", "none"])
def test_pk03_no_method_but_s256(rp, client, method):
    app_is_told(client.get(rp.authorize_url(code_challenge_method=method)), "invalid_request")


def test_pk03_discovery_lists_s256_only(client):
    document = client.get("/.well-known/openid-configuration").json
    assert document["code_challenge_methods_supported"] == ["S256"]
