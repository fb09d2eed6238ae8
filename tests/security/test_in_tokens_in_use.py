"""IN: introspection, revocation, UserInfo."""

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from idp.access import catalogue
from idp.accounts.lifecycle import states
from tests.actors import RelyingParty
from tests.arrange import part, refused


@pytest.fixture
def api(app, factory, arrange):
    """A resource server for one API; another for another."""
    made = {}
    for name in ("orders", "stock"):
        arrange.run(catalogue.create_api, f"https://{name}.example", name=name)
        made[name] = RelyingParty(
            app, *factory.client_with_secret(type="api", redirect_uris=[], post_logout_redirect_uris=[],
                                             allowed_apis=[f"https://{name}.example"])
        )  # fmt: skip
    return made


def test_in01_introspection_needs_a_confidential_client(app, rp, factory, arrange, client):
    token = arrange.tokens(rp)["access_token"]
    public = RelyingParty(app, factory.public_client())
    assert refused(public.call("/oauth/introspect", token=token), "invalid_client", 401)
    assert refused(client.post("/oauth/introspect", data={"token": token}), "invalid_client", 401)
    bearer = {"Authorization": f"Bearer {token}"}
    assert refused(client.post("/oauth/introspect", data={"token": token}, headers=bearer), "invalid_client", 401)


def test_in01_anything_but_a_live_token_is_exactly_inactive(rp, arrange, clock):
    tokens, other = arrange.tokens(rp), arrange.tokens(rp)
    rp.revoke(other["access_token"])
    key = RSAKey.generate_key(2048)
    forged = jwt.encode({"alg": "RS256", "typ": "at+jwt"}, part(tokens["access_token"]), key, algorithms=["RS256"])
    good = tokens["access_token"]
    values = [
        "x", "idpr_x", ".", "a.b.c", good[:-5], good + "x", good[:40], tokens["id_token"], other["access_token"],
        other["refresh_token"], arrange.code(rp), forged, "x" * 40000,
    ]  # fmt: skip
    for value in values:
        response = rp.call("/oauth/introspect", token=value)
        assert response.status_code == 200
        assert response.get_data() == b'{"active":false}'
    assert rp.introspect(good)["active"] is True
    clock.advance(700)
    assert rp.introspect(good) == {"active": False}


def test_in01_a_body_that_is_too_large_is_refused(rp):
    assert rp.call("/oauth/introspect", token="x" * 1_000_000).status_code == 413


def test_in02_resource_server_sees_only_tokens_meant_for_its_api(app, factory, arrange, api):
    rp = RelyingParty(app, *factory.client_with_secret(allowed_apis=["https://orders.example"]))
    token = arrange.tokens(rp, resources=["https://orders.example"])["access_token"]
    assert part(token)["aud"] == "https://orders.example"
    assert api["orders"].introspect(token)["active"] is True
    assert api["stock"].introspect(token) == {"active": False}
    assert rp.introspect(token)["active"] is True


def test_in02_client_sees_no_token_of_another_client(rp, app, factory, arrange, api):
    tokens = arrange.tokens(rp)
    other = RelyingParty(app, *factory.client_with_secret())
    for asker in (other, *api.values()):
        assert asker.introspect(tokens["access_token"]) == {"active": False}
        assert asker.introspect(tokens["refresh_token"]) == {"active": False}


def test_in02_client_that_may_call_an_api_does_not_introspect_for_it(rp, app, factory, arrange, api):
    rp = RelyingParty(app, *factory.client_with_secret(allowed_apis=["https://orders.example"]))
    other = RelyingParty(app, *factory.client_with_secret(allowed_apis=["https://orders.example"]))
    token = arrange.tokens(rp, resources=["https://orders.example"])["access_token"]
    assert other.introspect(token) == {"active": False}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_in04_client_cannot_revoke_anothers_token(rp, app, factory, arrange, kind):
    tokens = arrange.tokens(rp)
    thief = RelyingParty(app, *factory.client_with_secret())
    foreign, unknown = thief.revoke(tokens[kind]), thief.revoke("idpr_unknown")
    assert foreign.status_code == unknown.status_code == 200
    assert foreign.get_data() == unknown.get_data() == b"{}"
    assert rp.introspect(tokens["access_token"])["active"] is True
    assert rp.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_in05_revoking_one_token_kills_every_sibling(rp, arrange, kind):
    first = arrange.tokens(rp)
    second = rp.refresh(first["refresh_token"]).json
    rp.revoke(second[kind])
    for tokens in (first, second):
        assert rp.userinfo(tokens["access_token"]).status_code == 401
        assert rp.introspect(tokens["access_token"]) == {"active": False}
    assert refused(rp.refresh(second["refresh_token"]), "invalid_grant")


def test_in07_userinfo_wants_a_persons_token_for_itself_with_openid(rp, app, factory, arrange, api, client):
    rp = RelyingParty(app, *factory.client_with_secret(allowed_apis=["https://orders.example"]))
    meant_for_another = arrange.tokens(rp, resources=["https://orders.example"])["access_token"]
    assert rp.userinfo(meant_for_another).status_code == 401
    tokens = arrange.tokens(rp)
    for value in (tokens["id_token"], tokens["refresh_token"], arrange.code(rp)):
        assert rp.userinfo(value).status_code == 401
    assert rp.userinfo(arrange.tokens(rp, scope="email")["access_token"]).status_code == 403


def test_in07_disabled_person_is_not_told_about(rp, arrange, factory):
    user_id = factory.user()
    token = arrange.tokens(rp, user_id)["access_token"]
    arrange.run(states.disable, user_id)
    response = rp.userinfo(token)
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_in08_token_dies_with_sign_out_revocation_and_password(rp, arrange, factory):
    from idp.sessions import service as sessions

    user_id = factory.user()
    session_id = arrange.session(user_id)
    token = arrange.tokens(rp, user_id, session_id=session_id, scope="openid")["access_token"]
    assert rp.userinfo(token).status_code == 200
    arrange.run(sessions.end, session_id, "signed_out")
    assert rp.userinfo(token).status_code == 401
    assert rp.introspect(token) == {"active": False}


def test_in08_expired_token_is_refused(rp, arrange, clock):
    token = arrange.tokens(rp)["access_token"]
    clock.advance(601)
    assert rp.userinfo(token).status_code == 401


def test_jw07_nothing_but_an_access_token_opens_userinfo(rp, arrange):
    tokens = arrange.tokens(rp)
    header = {"Authorization": f"Bearer {tokens['id_token']}"}
    assert rp.http.get("/oauth/userinfo", headers=header).status_code == 401


def test_jw01_unsigned_or_confused_tokens_are_refused(rp, arrange, client):
    import base64
    import json

    from tests.oauth.assertions import hmac_forgery

    token = arrange.tokens(rp)["access_token"]
    claims = part(token)
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    for alg in ("none", "None", "nOnE"):
        header = base64.urlsafe_b64encode(json.dumps({"alg": alg, "typ": "at+jwt"}).encode()).rstrip(b"=").decode()
        assert rp.userinfo(f"{header}.{body}.").status_code == 401
    jwk = client.get("/oauth/jwks").json["keys"][0]
    public = RSAKey.import_key(jwk)
    for secret in (public.as_pem(private=False), public.as_der(private=False), json.dumps(jwk).encode()):
        forged = hmac_forgery({"typ": "at+jwt", "kid": jwk["kid"]}, claims, secret)
        assert rp.userinfo(forged).status_code == 401
