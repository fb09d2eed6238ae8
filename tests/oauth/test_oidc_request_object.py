"""Requests in another form than parameters are refused by name: OpenID Connect Core §3.1.2.6, §6."""

import pytest

from tests.oauth.front import app_is_told

UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im9wZW5pZCBlbWFpbCJ9."


@pytest.mark.parametrize(
    ("parameter", "value", "error"),
    [
        ("request", UNSIGNED, "request_not_supported"),
        ("request_uri", "https://rp.example.com/request.jwt", "request_uri_not_supported"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:abc", "request_uri_not_supported"),
        ("registration", "{}", "registration_not_supported"),
    ],
)
def test_request_object_is_refused_by_its_own_error(rp, client, parameter, value, error):
    app_is_told(client.get(rp.authorize_url(**{parameter: value})), error)


def test_nothing_inside_a_request_object_is_read(rp, client):
    """A request object cannot supply what is missing outside."""
    response = client.get(rp.authorize_url(request=UNSIGNED, redirect_uri=None))
    assert response.status_code == 400


def test_discovery_says_so(client):
    document = client.get("/.well-known/openid-configuration").json
    assert document["request_parameter_supported"] is False
    assert document["request_uri_parameter_supported"] is False
