"""Introspection: RFC 7662."""

import pytest

from tests.arrange import refused


def test_live_access_token_tells_what_it_says(rp, arrange, factory):
    user_id = factory.user()
    tokens = arrange.tokens(rp, user_id)
    answer = rp.introspect(tokens["access_token"])
    assert answer["active"] is True
    assert answer["token_type"] == "Bearer"
    assert answer["client_id"] == rp.client_id
    assert answer["sub"] == user_id
    assert answer["iss"] == answer["aud"] == "https://id.example.com"
    assert answer["exp"] - answer["iat"] == 600
    assert answer["scope"] == "openid profile email offline_access"


def test_live_refresh_token_is_told_to_its_client(rp, arrange):
    answer = rp.introspect(arrange.tokens(rp)["refresh_token"])
    assert answer["active"] is True
    assert answer["client_id"] == rp.client_id
    assert "token_type" not in answer


def test_rotated_refresh_token_is_inactive(rp, arrange):
    tokens = arrange.tokens(rp)
    assert rp.refresh(tokens["refresh_token"]).status_code == 200
    assert rp.introspect(tokens["refresh_token"]) == {"active": False}


def test_token_is_required(rp):
    assert refused(rp.call("/oauth/introspect"), "invalid_request")


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "bogus"])
def test_hint_changes_nothing(rp, arrange, hint):
    tokens = arrange.tokens(rp)
    assert rp.introspect(tokens["access_token"], token_type_hint=hint)["active"] is True


def test_role_taken_away_is_not_told_any_more(rp, arrange, factory):
    from idp.access import service as access

    user_id = factory.user(roles=["auditor"])
    tokens = arrange.tokens(rp, user_id, scope="openid roles")
    assert rp.introspect(tokens["access_token"])["roles"] == ["auditor"]
    arrange.run(access.revoke_role, user_id, "auditor", actor="system")
    assert rp.introspect(tokens["access_token"])["roles"] == []
