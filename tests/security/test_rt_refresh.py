"""RT: refresh tokens."""

import pytest
from sqlalchemy import select, update

from idp.access import service as access
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.audit.models import Event
from idp.clients import service as clients
from idp.core.clock import now
from idp.oauth.tokens.models import Grant
from idp.sessions import service as sessions
from tests.actors import RelyingParty
from tests.arrange import part, refused


def test_rt01_reuse_kills_the_family_with_its_access_tokens_and_is_audited(rp, arrange):
    first = arrange.tokens(rp)
    second = rp.refresh(first["refresh_token"]).json
    assert rp.userinfo(second["access_token"]).status_code == 200
    assert refused(rp.refresh(first["refresh_token"]), "invalid_grant")
    assert refused(rp.refresh(second["refresh_token"]), "invalid_grant")
    for tokens in (first, second):
        assert rp.userinfo(tokens["access_token"]).status_code == 401
        assert rp.introspect(tokens["access_token"]) == {"active": False}
    tags = [row.tag for row in arrange.rows(select(Event.tag))]
    assert tags.count("token.reused") == 1
    assert tags.count("grant.revoked") == 1


def test_rt01_other_families_of_the_person_live_on(rp, arrange, factory):
    user_id = factory.user()
    stolen, other = arrange.tokens(rp, user_id), arrange.tokens(rp, user_id)
    rp.refresh(stolen["refresh_token"])
    rp.refresh(stolen["refresh_token"])
    assert rp.refresh(other["refresh_token"]).status_code == 200


def test_rt04_another_clients_credentials_change_nothing(rp, app, factory, arrange):
    thief, public = RelyingParty(app, *factory.client_with_secret()), RelyingParty(app, factory.public_client())
    token = arrange.tokens(rp)["refresh_token"]
    for other in (thief, public):
        response = other.refresh(token)
        assert refused(response, "invalid_grant")
        assert token not in response.get_data(as_text=True)
    assert rp.refresh(token).status_code == 200


def test_rt04_another_clients_id_beside_own_credentials_changes_nothing(rp, app, factory, arrange):
    thief = RelyingParty(app, *factory.client_with_secret())
    token = arrange.tokens(rp)["refresh_token"]
    assert refused(thief.refresh(token, client_id=rp.client_id), "invalid_request")
    assert rp.refresh(token).status_code == 200


@pytest.mark.parametrize("kind", ["access_token", "id_token", "code", "garbage", "long"])
def test_rt04_nothing_but_a_refresh_token_is_taken(rp, arrange, kind):
    tokens = arrange.tokens(rp)
    values = {**tokens, "code": arrange.code(rp), "garbage": "idpr_" + "x" * 43, "long": "idpr_" + "x" * 9000}
    assert refused(rp.refresh(values[kind]), "invalid_grant")
    assert rp.refresh(tokens["refresh_token"]).status_code == 200


def test_rt04_refresh_by_get_is_not_allowed(rp, client, arrange):
    token = arrange.tokens(rp)["refresh_token"]
    assert client.get(f"/oauth/token?grant_type=refresh_token&refresh_token={token}").status_code == 405
    assert rp.refresh(token).status_code == 200


def test_rt05_wider_scope_is_refused_and_costs_nothing(rp, arrange):
    token = arrange.tokens(rp, scope="openid offline_access")["refresh_token"]
    assert refused(rp.refresh(token, scope="openid email"), "invalid_scope")
    assert rp.refresh(token).status_code == 200


def test_rt05_narrowing_does_not_change_the_grant(rp, arrange):
    token = arrange.tokens(rp)["refresh_token"]
    narrow = rp.refresh(token, scope="openid").json
    assert narrow["scope"] == "openid"
    assert part(narrow["access_token"])["scope"] == "openid"
    wide = rp.refresh(narrow["refresh_token"]).json
    assert wide["scope"] == "openid profile email offline_access"


def ended(rp, tokens):
    """Whether refresh, access token and code of a person are all dead."""
    return (
        refused(rp.refresh(tokens["refresh_token"]), "invalid_grant")
        and rp.userinfo(tokens["access_token"]).status_code == 401
        and rp.introspect(tokens["access_token"]) == {"active": False}
        and rp.introspect(tokens["refresh_token"]) == {"active": False}
    )


@pytest.mark.parametrize("act", ["disable", "lock", "delete"])
def test_rt06_person_who_may_not_go_on_cannot_refresh(rp, arrange, factory, act):
    user_id = factory.user()
    tokens, code = arrange.tokens(rp, user_id), arrange.code(rp, user_id)
    arrange.run(getattr(states, act), user_id)
    assert ended(rp, tokens)
    assert refused(rp.redeem(code), "invalid_grant")


def test_rt06_state_is_judged_even_if_nobody_told_the_grant(rp, arrange, factory):
    user_id = factory.user()
    tokens = arrange.tokens(rp, user_id)
    arrange.execute(update(User).where(User.id == user_id).values(state="disabled"))
    assert ended(rp, tokens)


def test_rt06_disabled_app_cannot_refresh(rp, arrange):
    tokens = arrange.tokens(rp)
    arrange.run(clients.disable_client, rp.client_id)
    assert refused(rp.refresh(tokens["refresh_token"]), "invalid_client", 401)
    assert rp.userinfo(tokens["access_token"]).status_code == 401
    arrange.run(clients.enable_client, rp.client_id)
    assert refused(rp.refresh(tokens["refresh_token"]), "invalid_grant")


def test_rt06_role_policy_is_judged_at_every_refresh(rp, arrange, factory):
    user_id = factory.user(roles=["auditor"])
    tokens = arrange.tokens(rp, user_id)
    arrange.run(clients.update_client, rp.client_id, {"allowed_roles": ["auditor"]})
    tokens = rp.refresh(tokens["refresh_token"]).json
    arrange.run(access.revoke_role, user_id, "auditor", actor="system")
    assert ended(rp, tokens)


def test_rt06_new_password_ends_every_grant(rp, arrange, factory):
    user_id = factory.user()
    tokens = arrange.tokens(rp, user_id)
    arrange.run(_new_password, user_id)
    assert ended(rp, tokens)


def _new_password(user_id):
    from idp.accounts.signals import credentials_changed
    from idp.core.db import transaction

    with transaction():
        credentials_changed.send(user_id=user_id, keep_session_id=None)


@pytest.mark.parametrize("offline", [False, True])
def test_rt06_session_ended_by_an_administrator_ends_its_grants(rp, arrange, factory, offline):
    user_id = factory.user()
    session_id = arrange.session(user_id)
    scope = "openid offline_access" if offline else "openid"
    tokens = arrange.tokens(rp, user_id, session_id=session_id, scope=scope)
    arrange.run(sessions.end, session_id, "admin")
    assert ended(rp, tokens)


def test_rt06_sign_out_ends_online_grants_and_spares_offline_ones(rp, arrange, factory):
    user_id = factory.user()
    session_id = arrange.session(user_id)
    online = arrange.tokens(rp, user_id, session_id=session_id, scope="openid")
    offline = arrange.tokens(rp, user_id, session_id=session_id)
    arrange.run(sessions.end, session_id, "signed_out")
    assert ended(rp, online)
    assert rp.refresh(offline["refresh_token"]).status_code == 200


def test_rt06_offline_access_taken_from_the_app_ends_its_refreshing(rp, arrange):
    tokens = arrange.tokens(rp)
    arrange.run(clients.update_client, rp.client_id, {"scopes": ["openid", "profile", "email"]})
    assert refused(rp.refresh(tokens["refresh_token"]), "invalid_grant")


def test_rt06_consent_withdrawn_ends_the_apps_grants(rp, arrange, factory):
    from idp.oauth.tokens.revoke import revoke_grants

    user_id = factory.user()
    tokens = arrange.tokens(rp, user_id)
    arrange.run(revoke_grants, "consent withdrawn", user_id=user_id, client_id=rp.client_id)
    assert ended(rp, tokens)


def test_rt08_absolute_life_holds_at_presentation(rp, arrange, clock):
    token = arrange.tokens(rp)["refresh_token"]
    for _turn in range(4):
        clock.advance(20 * 86400)
        response = rp.refresh(token)
        assert response.status_code == 200, response.json
        token = response.json["refresh_token"]
    clock.advance(10 * 86400 + 1)
    assert refused(rp.refresh(token), "invalid_grant")


def test_rt08_absolute_life_holds_even_if_the_row_says_otherwise(rp, arrange):
    from datetime import timedelta

    token = arrange.tokens(rp)["refresh_token"]
    arrange.execute(update(Grant).values(created_at=now() - timedelta(days=91)))
    assert refused(rp.refresh(token), "invalid_grant")
