"""Revocation: RFC 7009."""

from tests.actors import RelyingParty
from tests.arrange import refused


def dead(rp, tokens):
    """Whether every token of an answer is dead at every endpoint."""
    return (
        rp.userinfo(tokens["access_token"]).status_code == 401
        and rp.introspect(tokens["access_token"]) == {"active": False}
        and rp.introspect(tokens["refresh_token"]) == {"active": False}
        and rp.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    )


def test_revoked_refresh_token_takes_its_grant_along(rp, arrange):
    tokens = arrange.tokens(rp)
    response = rp.revoke(tokens["refresh_token"])
    assert response.status_code == 200
    assert response.json == {}
    assert dead(rp, tokens)


def test_revoked_access_token_takes_its_grant_along(rp, arrange):
    tokens = arrange.tokens(rp)
    assert rp.revoke(tokens["access_token"]).status_code == 200
    assert dead(rp, tokens)


def test_a_wrong_hint_does_not_matter(rp, arrange):
    tokens = arrange.tokens(rp)
    assert rp.revoke(tokens["refresh_token"], token_type_hint="access_token").status_code == 200
    assert dead(rp, tokens)


def test_other_grants_of_the_same_person_live_on(rp, arrange, factory):
    user_id = factory.user()
    one, other = arrange.tokens(rp, user_id), arrange.tokens(rp, user_id)
    rp.revoke(one["access_token"])
    assert rp.userinfo(other["access_token"]).status_code == 200


def test_unknown_token_gets_the_answer_of_success(rp):
    assert rp.revoke("nonsense").status_code == 200
    assert rp.revoke("idpr_nonsense").json == {}


def test_public_client_revokes_with_its_id(app, factory, arrange):
    rp = RelyingParty(app, factory.public_client())
    tokens = arrange.tokens(rp)
    assert rp.revoke(tokens["refresh_token"]).status_code == 200
    assert refused(rp.refresh(tokens["refresh_token"]), "invalid_grant")


def test_token_of_a_client_itself_is_revoked_by_its_id(app, factory):
    rp = RelyingParty(app, *factory.client_with_secret(type="machine", redirect_uris=[], post_logout_redirect_uris=[]))
    token = rp.token(grant_type="client_credentials").json["access_token"]
    other = rp.token(grant_type="client_credentials").json["access_token"]
    assert rp.introspect(token)["active"] is True
    assert rp.revoke(token).status_code == 200
    assert rp.revoke(token).status_code == 200
    assert rp.introspect(token) == {"active": False}
    assert rp.introspect(other)["active"] is True


def test_token_is_required(rp):
    assert refused(rp.revoke(None), "invalid_request")


def test_without_credentials_nothing_is_revoked(rp, arrange):
    tokens = arrange.tokens(rp)
    response = rp.http.post("/oauth/revoke", data={"token": tokens["refresh_token"]})
    assert refused(response, "invalid_client", 401)
    assert rp.introspect(tokens["access_token"])["active"] is True
