"""PK: redeeming codes (the half of the token endpoint)."""

import pytest
from sqlalchemy import select

from idp.audit.models import Event
from tests.actors import RelyingParty
from tests.arrange import refused


@pytest.mark.parametrize("verifier", [None, "", "x" * 43, "short", "\u00fc" * 43, "a" * 129])
def test_pk02_code_with_a_challenge_needs_its_verifier(rp, arrange, verifier):
    code = arrange.code(rp)
    assert refused(rp.redeem(code, code_verifier=verifier), "invalid_grant")


def test_pk02_verifier_for_a_code_without_a_challenge_is_refused(rp, arrange):
    code = arrange.code(rp, code_challenge=None)
    assert refused(rp.redeem(code), "invalid_grant")


def test_pk02_plain_comparison_is_never_made(rp, arrange):
    verifier = "v" * 50
    code = arrange.code(rp, code_challenge=verifier)
    assert refused(rp.redeem(code, code_verifier=verifier), "invalid_grant")


def test_pk02_code_of_a_lifted_client_needs_no_verifier(rp, arrange):
    assert rp.redeem(arrange.code(rp, code_challenge=None), code_verifier=None).status_code == 200


def test_pk05_code_is_dead_after_a_wrong_verifier(rp, arrange):
    code, right = arrange.code(rp), rp.verifier
    for guess in ("a" * 43, "b" * 43, "c" * 43):
        assert refused(rp.redeem(code, code_verifier=guess), "invalid_grant")
    assert refused(rp.redeem(code, code_verifier=right), "invalid_grant")


def test_pk06_second_redemption_kills_the_tokens_of_the_first(rp, arrange):
    code = arrange.code(rp)
    tokens = rp.redeem(code).json
    assert rp.userinfo(tokens["access_token"]).status_code == 200
    assert refused(rp.redeem(code), "invalid_grant")
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    assert rp.introspect(tokens["access_token"]) == {"active": False}
    assert refused(rp.refresh(tokens["refresh_token"]), "invalid_grant")
    assert "code.reused" in [row.tag for row in arrange.rows(select(Event.tag))]


def test_pk06_reuse_long_after_still_kills_the_family(rp, arrange, clock):
    from idp.oauth.tokens.sweep import sweep

    code = arrange.code(rp)
    tokens = rp.redeem(code).json
    clock.advance(5 * 86400)
    arrange.run(sweep)
    tokens = rp.refresh(tokens["refresh_token"]).json
    assert refused(rp.redeem(code), "invalid_grant")
    assert refused(rp.refresh(tokens["refresh_token"]), "invalid_grant")


def test_pk08_another_client_cannot_redeem_and_spoils_nothing(rp, app, factory, arrange):
    code = arrange.code(rp)
    for thief in (RelyingParty(app, *factory.client_with_secret()), RelyingParty(app, factory.public_client())):
        thief.verifier = rp.verifier
        assert refused(thief.redeem(code), "invalid_grant")
    assert rp.redeem(code).status_code == 200


@pytest.mark.parametrize("uri", ["https://rp.example.com/callback/", "https://evil.example/callback", "x", None])
def test_pk08_another_redirect_uri_is_refused_and_burns_the_code(rp, arrange, uri):
    code = arrange.code(rp)
    assert refused(rp.redeem(code, redirect_uri=uri), "invalid_grant")
    assert refused(rp.redeem(code), "invalid_grant")


def test_pk08_code_lives_a_minute(rp, arrange, clock):
    early, late = arrange.code(rp), None
    verifier = rp.verifier
    late = arrange.code(rp)
    clock.advance(58)
    assert rp.redeem(early, code_verifier=verifier).status_code == 200
    clock.advance(3)
    assert refused(rp.redeem(late), "invalid_grant")


@pytest.mark.parametrize(
    "code",
    ["", "x", "x" * 600, "a\x00b", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "' OR 1=1 --"],
)
def test_pk08_garbage_is_no_code(rp, code):
    rp.verifier = "v" * 43
    assert rp.redeem(code).status_code == 400


def test_pk08_code_dies_with_the_session_it_came_from(rp, arrange, factory):
    from idp.sessions import service as sessions

    user_id = factory.user()
    session_id = arrange.session(user_id)
    code = arrange.code(rp, user_id, session_id=session_id)
    arrange.run(sessions.end, session_id, "signed_out")
    assert refused(rp.redeem(code), "invalid_grant")
