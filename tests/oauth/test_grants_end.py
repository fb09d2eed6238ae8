"""What ends grants: the signals of the slices below, and the worker's broom."""

import contextlib
from datetime import timedelta

from sqlalchemy import func, select

from idp.accounts.signals import credentials_changed
from idp.core.clock import now
from idp.core.db import transaction
from idp.jobs import service as jobs
from idp.oauth.tokens.models import AuthorizationCode, Grant, RefreshToken, RevokedToken
from idp.oauth.tokens.revoke import revoke_grants
from idp.oauth.tokens.sweep import sweep
from idp.sessions import ending
from idp.sessions import service as sessions
from idp.stored_settings import service as stored
from tests.arrange import refused


def count(arrange, model):
    return arrange.rows(select(func.count()).select_from(model))[0][0]


def change_password(user_id, keep):
    with transaction():
        credentials_changed.send(None, user_id=user_id, keep_session_id=keep)


def test_changed_password_spares_what_the_present_session_gave(rp, arrange, factory):
    user_id = factory.user()
    here, elsewhere = arrange.session(user_id), arrange.session(user_id)
    mine = arrange.tokens(rp, user_id, session_id=here)
    other = arrange.tokens(rp, user_id, session_id=elsewhere)
    arrange.run(change_password, user_id, here)
    assert rp.refresh(mine["refresh_token"]).status_code == 200
    assert refused(rp.refresh(other["refresh_token"]), "invalid_grant")


def test_people_do_not_end_each_others_grants(rp, arrange, factory):
    alice, bob = factory.user(), factory.user()
    token = arrange.tokens(rp, bob)["refresh_token"]
    arrange.run(change_password, alice, None)
    assert rp.refresh(token).status_code == 200


def test_revocation_is_undone_with_the_act_that_asked_for_it(rp, arrange, factory):
    user_id = factory.user()
    token = arrange.tokens(rp, user_id)["refresh_token"]

    def fail():
        with transaction():
            revoke_grants("credentials changed", user_id=user_id)
            raise ZeroDivisionError

    with contextlib.suppress(ZeroDivisionError):
        arrange.run(fail)
    assert rp.refresh(token).status_code == 200


def test_session_that_idled_out_ends_online_grants_only(rp, arrange, factory, clock):
    user_id = factory.user()
    session_id = arrange.session(user_id, idle_expires_at=now() + timedelta(minutes=30))
    online = arrange.tokens(rp, user_id, session_id=session_id, scope="openid")
    offline = arrange.tokens(rp, user_id, session_id=session_id)
    clock.advance(1900)
    arrange.run(sessions.end_lapsed)
    assert refused(rp.refresh(online["refresh_token"]), "invalid_grant")
    assert rp.refresh(offline["refresh_token"]).status_code == 200


def test_an_administrator_who_signs_a_person_out_ends_what_outlived_its_session(rp, arrange, factory):
    user_id, other = factory.user(), factory.user()
    session_id = arrange.session(user_id)
    token = arrange.tokens(rp, user_id, session_id=session_id)["refresh_token"]
    others = arrange.tokens(rp, other)["refresh_token"]
    arrange.run(sessions.end, session_id, "signed_out")
    token = rp.refresh(token).json["refresh_token"]
    arrange.run(sessions.revoke_by_admin, user_id)
    assert refused(rp.refresh(token), "invalid_grant")
    assert rp.refresh(others).status_code == 200


def test_when_everybody_is_signed_out_nothing_outlives_its_session(rp, arrange, factory, monkeypatch):
    monkeypatch.setattr(ending, "_STEP", 2)
    me = factory.user()
    mine = arrange.session(me)
    kept = arrange.tokens(rp, me, session_id=mine)["refresh_token"]
    tokens = []
    for _number in range(5):
        user_id = factory.user()
        session_id = arrange.session(user_id)
        tokens.append(arrange.tokens(rp, user_id, session_id=session_id)["refresh_token"])
        arrange.run(sessions.end, session_id, "signed_out")
    arrange.session(factory.user())
    arrange.run(ending.start, mine)
    later = arrange.tokens(rp, factory.user())["refresh_token"]
    while arrange.run(jobs.run_due):
        pass
    assert all(refused(rp.refresh(token), "invalid_grant") for token in tokens)
    assert rp.refresh(kept).status_code == 200
    assert rp.refresh(later).status_code == 200


def test_when_everybody_is_signed_out_a_device_that_is_not_remembered_just_now_is_too(context, factory):
    remembered = sessions.open_session(factory.user(), amr=["pwd"], acr="1", remember=True)
    stored.change({"sessions.allow_remember": False})
    ending.start()
    while jobs.run_due():
        pass
    stored.change({"sessions.allow_remember": True})
    assert isinstance(sessions.find_by_cookie(remembered), sessions.Lapse)


def test_broom_spares_what_can_still_be_used_or_must_be_remembered(rp, arrange, clock):
    tokens = arrange.tokens(rp)
    arrange.code(rp)
    rp.refresh(tokens["refresh_token"])
    clock.advance(3 * 86400)
    arrange.run(sweep)
    # The unused code and its grant are gone; the used code and the used refresh token can still tell of a theft.
    assert (count(arrange, Grant), count(arrange, AuthorizationCode), count(arrange, RefreshToken)) == (1, 1, 2)
    assert refused(rp.refresh(tokens["refresh_token"]), "invalid_grant")


def test_broom_takes_everything_in_the_end(rp, arrange, app, factory, clock):
    from tests.actors import RelyingParty

    arrange.tokens(rp)
    pair = factory.client_with_secret(type="machine", redirect_uris=[], post_logout_redirect_uris=[])
    machine = RelyingParty(app, *pair)
    machine.revoke(machine.token(grant_type="client_credentials").json["access_token"])
    assert count(arrange, RevokedToken) == 1
    clock.advance(120 * 86400)
    arrange.run(sweep)
    arrange.run(sweep)
    for model in (Grant, AuthorizationCode, RefreshToken, RevokedToken):
        assert count(arrange, model) == 0


def test_deleted_person_leaves_no_grant(rp, arrange, factory):
    from idp.accounts.lifecycle import states

    user_id = factory.user()
    arrange.tokens(rp, user_id)
    arrange.run(states.delete, user_id)
    for model in (Grant, AuthorizationCode, RefreshToken):
        assert count(arrange, model) == 0
