"""Discovery tells what is true: OpenID Connect Discovery §3, §4; every address in it answers."""

import pytest
from authlib.oidc import rpinitiated
from authlib.oidc.discovery import OpenIDProviderMetadata

from idp.oauth.features import FEATURES
from tests.actors import RelyingParty
from tests.services import test_client

CONFIGURATION = "/.well-known/openid-configuration"
ISSUER = "https://id.example.com"


@pytest.fixture
def document(client):
    return client.get(CONFIGURATION).json


def test_document_is_valid_by_the_library_others_read_it_with(document):
    OpenIDProviderMetadata(document).validate(metadata_classes=[rpinitiated.OpenIDProviderMetadata])


def test_every_member_the_specification_requires_is_there(document):
    required = {
        "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported",
        "subject_types_supported", "id_token_signing_alg_values_supported", "userinfo_endpoint",
    }  # fmt: skip
    assert required <= document.keys()
    assert "RS256" in document["id_token_signing_alg_values_supported"]
    assert "openid" in document["scopes_supported"]


def test_every_address_is_on_the_issuer_and_there(client, document):
    addresses = {name: url for name, url in document.items() if isinstance(url, str) and name != "issuer"}
    assert len(addresses) >= 7
    for name, url in addresses.items():
        assert url.startswith(ISSUER + "/"), name
        path = url.removeprefix(ISSUER)
        assert {client.get(path).status_code, client.post(path).status_code}.isdisjoint({404, 500}), name


def test_grant_types_are_those_the_token_endpoint_knows(rp, document):
    for grant_type in document["grant_types_supported"]:
        assert rp.token(grant_type=grant_type).json["error"] != "unsupported_grant_type"
    assert rp.token(grant_type="password").json["error"] == "unsupported_grant_type"


def test_issuer_does_not_follow_the_host_header(client):
    for headers in ({"X-Forwarded-Host": "evil.example"}, {"Forwarded": "host=evil.example"}):
        assert client.get(CONFIGURATION, headers=headers).json["issuer"] == ISSUER


def test_document_may_be_kept_and_is_not_sent_twice(client):
    first = client.get(CONFIGURATION)
    assert first.mimetype == "application/json"
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    again = client.get(CONFIGURATION, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data
    assert client.get(CONFIGURATION, headers={"If-None-Match": '"old"'}).status_code == 200


@pytest.mark.parametrize("path", [CONFIGURATION, "/.well-known/oauth-authorization-server", "/oauth/jwks"])
def test_documents_may_be_read_by_scripts_of_any_origin_without_credentials(client, path):
    headers = client.get(path, headers={"Origin": "https://app.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Set-Cookie" not in headers


def test_pages_of_the_brand_are_named_when_there_are_any(make_app):
    brand = {"privacy_url": "https://example.com/privacy", "terms_url": "https://example.com/terms"}
    document = test_client(make_app(brand=brand)).get(CONFIGURATION).json
    assert document["op_policy_uri"] == brand["privacy_url"]
    assert document["op_tos_uri"] == brand["terms_url"]


def test_feature_that_is_off_has_no_route_no_grant_and_no_word_in_discovery(make_app, factory):
    off = make_app(features={"rp_initiated_logout": False, "client_credentials": False})
    http = test_client(off)
    document = http.get(CONFIGURATION).json
    assert "end_session_endpoint" not in document
    assert http.get("/oauth/end_session").status_code == 404
    assert "client_credentials" not in document["grant_types_supported"]
    machine = RelyingParty(off, *factory.client_with_secret(type="machine", redirect_uris=[]))
    assert machine.token(grant_type="client_credentials").json["error"] == "unsupported_grant_type"


def test_every_feature_has_a_name_of_its_own_and_names_its_specification():
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)
    assert all(feature.spec for feature in FEATURES)


def test_what_cannot_be_turned_off_stays(make_app):
    document = test_client(make_app(features={"pkce": False, "openid": False})).get(CONFIGURATION).json
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert "userinfo_endpoint" in document
