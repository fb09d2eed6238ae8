"""UserInfo: OIDC Core §5.3 to §5.5."""

import pytest

PROFILE = {
    "name": "Alice Baker", "given_name": "Alice", "family_name": "Baker", "middle_name": "M.", "nickname": "Ali",
    "username": "alice", "profile": "https://alice.example", "picture": "https://alice.example/a.png",
    "website": "https://alice.example", "gender": "female", "birthdate": "1980-02-03", "zoneinfo": "Europe/Vienna",
    "locale": "de-AT", "phone_number": "+43 1 234", "phone_number_verified": True,
    "address": {"formatted": "Ring 1, 1010 Wien", "country": "AT"},
}  # fmt: skip


PROFILE_CLAIMS = (
    "name given_name family_name middle_name nickname preferred_username profile picture website gender "
    "birthdate zoneinfo locale updated_at"
)


@pytest.fixture
def alice(factory):
    return factory.user(email="alice@example.com", **PROFILE)


def claims(rp, arrange, user_id, **fields):
    response = rp.userinfo(arrange.tokens(rp, user_id, **fields)["access_token"])
    assert response.status_code == 200, response.json
    return response.json


def test_openid_alone_tells_the_subject_only(rp, arrange, alice):
    assert claims(rp, arrange, alice, scope="openid") == {"sub": alice}


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        (
            "profile",
            PROFILE_CLAIMS,
        ),
        ("email", "email email_verified"),
        ("address", "address"),
        ("phone", "phone_number phone_number_verified"),
    ],
)
def test_each_scope_opens_its_claims_and_no_others(rp, arrange, alice, scope, names):
    assert set(claims(rp, arrange, alice, scope=f"openid {scope}")) == {"sub", *names.split()}


def test_claims_have_the_right_types(rp, arrange, alice):
    found = claims(rp, arrange, alice, scope="openid profile email phone address")
    assert found["email_verified"] is True
    assert found["phone_number_verified"] is True
    assert isinstance(found["updated_at"], int)
    assert found["address"]["formatted"] == "Ring 1, 1010 Wien"
    assert found["preferred_username"] == "alice"


def test_absent_claims_are_left_out(rp, arrange, factory):
    found = claims(rp, arrange, factory.user(), scope="openid profile address phone")
    assert not {"birthdate", "address", "phone_number", "phone_number_verified"} & set(found)
    assert None not in found.values()


def test_claims_parameter_asks_for_single_claims(rp, arrange, alice):
    wanted = {"userinfo": {"email": None, "birthdate": {"essential": True}, "unknown": None}}
    found = claims(rp, arrange, alice, scope="openid", claims=wanted)
    assert set(found) == {"sub", "email", "birthdate"}


def test_roles_are_those_of_this_moment(rp, arrange, factory):
    from idp.access import service as access

    user_id = factory.user(roles=["auditor"])
    token = arrange.tokens(rp, user_id, scope="openid roles groups")["access_token"]
    found = rp.userinfo(token).json
    assert found["roles"] == ["auditor"]
    assert found["groups"] == found["permissions"] == []
    arrange.run(access.revoke_role, user_id, "auditor", actor="system")
    assert rp.userinfo(token).json["roles"] == []


def test_token_may_come_in_a_form(rp, arrange, alice, client):
    token = arrange.tokens(rp, alice)["access_token"]
    assert client.post("/oauth/userinfo", data={"access_token": token}).json["sub"] == alice


def test_post_with_the_header_works_too(rp, arrange, alice, client):
    token = arrange.tokens(rp, alice)["access_token"]
    assert client.post("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}).json["sub"] == alice


def test_scripts_of_other_origins_may_read_but_never_with_cookies(rp, arrange, client):
    token = arrange.tokens(rp)["access_token"]
    response = client.get(
        "/oauth/userinfo", headers={"Authorization": f"Bearer {token}", "Origin": "https://spa.example"}
    )
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    preflight = client.options(
        "/oauth/userinfo", headers={"Origin": "https://spa.example", "Access-Control-Request-Method": "GET"}
    )
    assert preflight.status_code == 200
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
