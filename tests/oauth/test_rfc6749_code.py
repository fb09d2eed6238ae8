"""Redeeming a code: RFC 6749 §4.1.3, RFC 7636 §4.6, OIDC Core §3.1.3."""

from tests.arrange import NONCE, part, refused


def test_code_gives_access_refresh_and_id_token(rp, arrange, factory):
    user_id = factory.user()
    answer = arrange.tokens(rp, user_id)
    assert set(answer) == {"access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token"}
    assert answer["refresh_token"].startswith("idpr_")
    assert answer["scope"] == "openid profile email offline_access"
    assert part(answer["id_token"])["sub"] == part(answer["access_token"])["sub"] == user_id


def test_no_refresh_token_for_a_client_without_that_grant(app, factory, arrange):
    from tests.actors import RelyingParty

    rp = RelyingParty(app, *factory.client_with_secret(grant_types=["authorization_code"]))
    assert "refresh_token" not in arrange.tokens(rp, scope="openid")


def test_no_id_token_without_openid(rp, arrange):
    answer = arrange.tokens(rp, scope="profile email")
    assert "id_token" not in answer
    assert answer["scope"] == "profile email"


def test_code_is_refused_without_its_redirect_uri(rp, arrange):
    assert refused(rp.redeem(arrange.code(rp), redirect_uri=None), "invalid_grant")


def test_public_client_redeems_with_its_id_alone(app, factory, arrange):
    from tests.actors import RelyingParty

    rp = RelyingParty(app, factory.public_client())
    answer = arrange.tokens(rp)
    assert part(answer["id_token"])["aud"] == rp.client_id


def test_id_token_says_who_when_and_how(rp, arrange, factory):
    user_id = factory.user()
    session_id = arrange.session(user_id)
    answer = arrange.tokens(rp, user_id, session_id=session_id)
    claims, header = part(answer["id_token"]), part(answer["id_token"], 0)
    assert header["typ"] == "JWT"
    assert header["alg"] == "RS256"
    assert claims["iss"] == "https://id.example.com"
    assert claims["aud"] == rp.client_id
    assert claims["nonce"] == NONCE
    assert claims["sid"] == session_id
    assert claims["acr"] == "1"
    assert claims["amr"] == ["pwd"]
    assert claims["exp"] - claims["iat"] == 600
    assert 0 <= claims["iat"] - claims["auth_time"] < 60
    assert set(claims) == {
        "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash",
    }  # fmt: skip


def test_id_token_is_bound_to_the_access_token(rp, arrange):
    import base64
    import hashlib

    answer = arrange.tokens(rp)
    half = hashlib.sha256(answer["access_token"].encode()).digest()[:16]
    assert part(answer["id_token"])["at_hash"] == base64.urlsafe_b64encode(half).rstrip(b"=").decode()


def test_claims_parameter_puts_claims_into_the_id_token(rp, arrange, factory):
    user_id = factory.user(email="bob@example.com", name="Bob")
    wanted = {"id_token": {"email": {"essential": True}, "name": None, "birthdate": None, "sub": None}}
    claims = part(arrange.tokens(rp, user_id, scope="openid", claims=wanted)["id_token"])
    assert claims["email"] == "bob@example.com"
    assert claims["name"] == "Bob"
    assert "birthdate" not in claims
    assert claims["sub"] == user_id


def test_no_claim_of_a_person_can_stand_in_for_a_fixed_one(rp, arrange, factory):
    wanted = {"id_token": {"iss": {"value": "https://evil.example"}, "aud": {"value": "x"}, "sub": None, "exp": None}}
    claims = part(arrange.tokens(rp, scope="openid", claims=wanted)["id_token"])
    assert claims["iss"] == "https://id.example.com"
    assert claims["aud"] == rp.client_id


def test_roles_and_groups_come_only_with_their_scopes(rp, arrange, factory):
    user_id = factory.user(roles=["auditor"])
    with_roles = arrange.tokens(rp, user_id, scope="openid roles groups")
    without = arrange.tokens(rp, user_id, scope="openid")
    for token in ("id_token", "access_token"):
        assert part(with_roles[token])["roles"] == ["auditor"]
        assert part(with_roles[token])["groups"] == []
        assert "roles" not in part(without[token])
        assert "groups" not in part(without[token])
