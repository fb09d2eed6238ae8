"""Bearer tokens at our own resource: RFC 6750."""

import pytest

REALM = 'Bearer realm="https://id.example.com"'


def test_without_a_token_the_challenge_names_no_error(client):
    response = client.get("/oauth/userinfo")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == REALM


@pytest.mark.parametrize("header", ["Basic abc", "bogus", "", "DPoP abc"])
def test_another_scheme_is_no_token(client, header):
    response = client.get("/oauth/userinfo", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == REALM


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "ü", "x" * 4000, "." * 4000])
def test_bad_token_is_named_in_the_challenge(client, token):
    response = client.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")})
    assert response.status_code == 401
    if token:
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
        assert response.json["error"] == "invalid_token"


def test_token_in_the_address_is_never_read(client, rp, arrange):
    token = arrange.tokens(rp)["access_token"]
    response = client.get(f"/oauth/userinfo?access_token={token}")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == REALM


def test_token_in_header_and_body_at_once_is_refused(client, rp, arrange):
    token = arrange.tokens(rp)["access_token"]
    response = client.post(
        "/oauth/userinfo", data={"access_token": token}, headers={"Authorization": f"Bearer {token}"}
    )
    assert response.status_code == 400
    assert response.json["error"] == "invalid_request"


def test_too_little_scope_is_named_with_the_scope_that_is_needed(rp, arrange):
    response = rp.userinfo(arrange.tokens(rp, scope="profile")["access_token"])
    assert response.status_code == 403
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]
    assert 'scope="openid"' in response.headers["WWW-Authenticate"]
