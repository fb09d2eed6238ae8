"""The access token's shape: RFC 9068."""

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.arrange import part


def test_header_and_claims_are_those_of_the_profile(rp, arrange, factory):
    user_id = factory.user()
    session_id = arrange.session(user_id)
    token = arrange.tokens(rp, user_id, session_id=session_id)["access_token"]
    header, claims = part(token, 0), part(token)
    assert header["typ"] == "at+jwt"
    assert header["alg"] == "RS256"
    assert claims["iss"] == claims["aud"] == "https://id.example.com"
    assert claims["sub"] == user_id
    assert claims["client_id"] == rp.client_id
    assert claims["sid"] == session_id
    assert claims["scope"] == "openid profile email offline_access"
    assert {"exp", "iat", "jti", "auth_time", "acr", "amr"} <= set(claims)
    assert "email" not in claims


def test_anybody_can_check_it_with_the_published_keys(rp, arrange, client):
    token = arrange.tokens(rp)["access_token"]
    keys = KeySet.import_key_set(client.get("/oauth/jwks").json)
    assert jwt.decode(token, keys, algorithms=["RS256"]).claims["client_id"] == rp.client_id


def test_every_token_has_an_id_of_its_own(rp, arrange):
    tokens = arrange.tokens(rp)
    again = rp.refresh(tokens["refresh_token"]).json
    assert part(tokens["access_token"])["jti"] != part(again["access_token"])["jti"]
