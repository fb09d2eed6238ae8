"""Authorization server metadata: RFC 8414 §2, §3."""

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

PATH = "/.well-known/oauth-authorization-server"


def test_document_is_valid_by_the_library_others_read_it_with(client):
    AuthorizationServerMetadata(client.get(PATH).json).validate()


def test_document_says_the_same_as_openid_discovery(client):
    assert client.get(PATH).data == client.get("/.well-known/openid-configuration").data


def test_methods_of_client_authentication_are_told_for_every_endpoint(client):
    document = client.get(PATH).json
    confidential = ["client_secret_basic", "client_secret_post", "private_key_jwt"]
    assert document["token_endpoint_auth_methods_supported"] == [*confidential, "none"]
    assert document["revocation_endpoint_auth_methods_supported"] == [*confidential, "none"]
    assert document["introspection_endpoint_auth_methods_supported"] == confidential
    for endpoint in ("token", "revocation", "introspection"):
        assert "none" not in document[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]


def test_method_other_than_get_is_not_allowed(client):
    assert client.post(PATH).status_code == 405
