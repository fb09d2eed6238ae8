"""Refreshing: RFC 6749 §6, RFC 9700 §4.14, OIDC Core §12."""

from tests.arrange import part, refused


def test_refresh_rotates_and_keeps_the_sign_in(rp, arrange, clock):
    first = arrange.tokens(rp)
    clock.advance(120)
    response = rp.refresh(first["refresh_token"])
    assert response.status_code == 200, response.json
    second = response.json
    assert second["refresh_token"] != first["refresh_token"]
    before, after = part(first["id_token"]), part(second["id_token"])
    assert after["iat"] >= before["iat"] + 120
    for claim in ("iss", "sub", "aud", "auth_time", "acr", "amr", "sid"):
        assert after[claim] == before[claim]
    assert "nonce" not in after


def test_a_line_of_refreshes_goes_on(rp, arrange):
    token = arrange.tokens(rp)["refresh_token"]
    for _turn in range(5):
        response = rp.refresh(token)
        assert response.status_code == 200
        token = response.json["refresh_token"]


def test_idle_refresh_token_expires(rp, arrange, clock):
    token = arrange.tokens(rp)["refresh_token"]
    clock.advance(30 * 86400 + 1)
    assert refused(rp.refresh(token), "invalid_grant")


def test_refresh_token_dies_with_the_session_unless_offline(rp, arrange, factory):
    from sqlalchemy import update

    from idp.core.clock import now
    from idp.sessions.models import Session

    user_id = factory.user()
    session_id = arrange.session(user_id)
    online = arrange.tokens(rp, user_id, session_id=session_id, scope="openid")["refresh_token"]
    offline = arrange.tokens(rp, user_id, session_id=session_id)["refresh_token"]
    arrange.execute(update(Session).values(expires_at=now()))
    assert refused(rp.refresh(online), "invalid_grant")
    response = rp.refresh(offline)
    assert response.status_code == 200
    assert "sid" not in part(response.json["id_token"])


def test_narrower_scope_without_openid_gives_no_id_token(rp, arrange):
    token = arrange.tokens(rp)["refresh_token"]
    assert "id_token" not in rp.refresh(token, scope="profile").json
