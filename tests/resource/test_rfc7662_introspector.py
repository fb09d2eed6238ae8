"""Tokens that the issuer is asked about: RFC 7662."""

import httpx
import pytest

from idp.access import service as access
from idp.resource import Introspector, InvalidToken, IssuerUnreachable
from tests.resource.conftest import ISSUER, ORDERS, bearer


def test_the_result_is_the_same_as_by_signature(introspector, verifier, token):
    asked, checked = introspector().verify(bearer(token)), verifier.verify(bearer(token))
    for name in ("subject", "client_id", "scopes", "roles", "permissions", "acr", "auth_time"):
        assert getattr(asked, name) == getattr(checked, name), name


def test_a_revoked_token_is_refused_at_once(introspector, verifier, shop, token):
    checker = introspector()
    assert checker.verify(bearer(token))
    shop.revoke(token)
    with pytest.raises(InvalidToken):
        checker.verify(bearer(token))
    assert verifier.verify(bearer(token)), "a signature knows nothing of it"


def test_a_role_taken_away_is_not_told_any_more(introspector, arrange, buyer, token):
    arrange.run(access.revoke_role, buyer, "buyer", actor="system")
    found = introspector().verify(bearer(token))
    assert not found.roles
    assert "orders.read" not in found.scopes


def test_every_request_asks_unless_a_cache_is_wanted(introspector, token, wire):
    checker = introspector()
    for _number in range(3):
        checker.verify(bearer(token))
    assert wire.asked["/oauth/introspect"] == 3
    checker = introspector(cache_seconds=10)
    for _number in range(3):
        checker.verify(bearer(token))
    assert wire.asked["/oauth/introspect"] == 4


def test_the_cache_forgets_in_time_and_holds_no_more_than_it_may(introspector, tokens, wire, monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr("idp.resource.introspection.time.monotonic", lambda: moment[0])
    first, second, third = (tokens()["access_token"] for _number in range(3))
    checker = introspector(cache_seconds=10, cache_size=2)
    for each in (first, second, third, third, second):
        checker.verify(bearer(each))
    assert wire.asked["/oauth/introspect"] == 3
    checker.verify(bearer(first))
    assert wire.asked["/oauth/introspect"] == 4
    moment[0] += 11
    checker.verify(bearer(first))
    assert wire.asked["/oauth/introspect"] == 5


def test_a_refusal_is_never_kept(introspector, token, wire, shop):
    shop.revoke(token)
    checker = introspector(cache_seconds=10)
    for _number in range(2):
        with pytest.raises(InvalidToken):
            checker.verify(bearer(token))
    assert wire.asked["/oauth/introspect"] == 2


@pytest.mark.parametrize("name", ["refresh_token", "id_token"])
def test_only_access_tokens_are_taken(shop, tokens, http, name):
    answer = tokens(scope="openid offline_access orders.read")
    own = Introspector(ISSUER, ORDERS, shop.client_id, shop.client_secret, http=http)
    with pytest.raises(InvalidToken):
        own.verify(bearer(answer[name]))


def test_a_token_for_another_api_is_refused(shop, arrange, http):
    own = Introspector(ISSUER, ORDERS, shop.client_id, shop.client_secret, http=http)
    with pytest.raises(InvalidToken):
        own.verify(bearer(arrange.tokens(shop, scope="openid")["access_token"]))


def test_a_wrong_secret_lets_nobody_in(guard, http, token):
    with pytest.raises(IssuerUnreachable):
        Introspector(ISSUER, ORDERS, guard.client_id, "wrong", http=http).verify(bearer(token))


@pytest.mark.parametrize(
    "body", [{"active": "true"}, {"active": 1}, {}, {"active": True}, {"active": True, "token_type": "Bearer"}]
)
def test_an_answer_that_is_not_plainly_active_lets_nobody_in(introspector, token, wire, body):
    wire.answers["/oauth/introspect"] = httpx.Response(200, json=body)
    with pytest.raises(InvalidToken):
        introspector().verify(bearer(token))


def test_an_issuer_that_is_down_lets_nobody_in(introspector, token, wire):
    checker = introspector()
    checker.verify(bearer(token))
    wire.cut = True
    with pytest.raises(IssuerUnreachable):
        checker.verify(bearer(token))


@pytest.mark.parametrize("seconds", [-1, 61])
def test_a_cache_is_short(introspector, seconds):
    with pytest.raises(ValueError):
        introspector(cache_seconds=seconds)
