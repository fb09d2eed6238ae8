"""Resource indicators at the token endpoint: RFC 8707 §2.2, RFC 9068 §3; and what APIs bring into tokens."""

import pytest

from idp.access import catalogue
from idp.access import service as access
from tests.actors import RelyingParty
from tests.arrange import SCOPE, part, refused

ORDERS, STOCK = "https://orders.example", "https://stock.example"
ISSUER = "https://id.example.com"


@pytest.fixture
def apis(arrange):
    """Two APIs with one scope name in common, and a role that may read orders."""
    return arrange.run(_make_apis)


def _make_apis():
    for identifier, lifetime in ((ORDERS, None), (STOCK, 60)):
        catalogue.create_api(identifier, name=identifier, access_token_lifetime=lifetime)
        for name in ("items.read", "items.write"):
            catalogue.add_permission(identifier, name)
    catalogue.add_permission(ORDERS, "orders.read")
    role = catalogue.create_role("buyer")
    for name in ("items.read", "orders.read"):
        catalogue.add_to_role(role, ORDERS, name)
    catalogue.add_to_role(catalogue.create_role("keeper"), STOCK, "items.read")


SCOPES = [*SCOPE.split(), "roles", "items.read", "items.write", "orders.read"]


@pytest.fixture
def shop(app, factory, apis):
    return RelyingParty(app, *factory.client_with_secret(scopes=SCOPES, allowed_apis=[ORDERS, STOCK]))


@pytest.fixture
def machine(app, factory, apis):
    pair = factory.client_with_secret(
        type="machine", redirect_uris=[], post_logout_redirect_uris=[],
        scopes=["items.read", "orders.read"], allowed_apis=[ORDERS, STOCK],
    )  # fmt: skip
    return RelyingParty(app, *pair)


def audience(answer):
    return part(answer["access_token"])["aud"]


def test_token_without_any_api_is_for_the_issuer(shop, arrange):
    assert audience(arrange.tokens(shop)) == ISSUER


def test_named_resource_is_the_only_audience(shop, arrange, factory):
    buyer = factory.user(roles=["buyer"])
    answer = arrange.tokens(shop, buyer, scope="openid orders.read", resources=[ORDERS, STOCK])
    assert audience(answer) == ORDERS
    assert answer["scope"] == "openid orders.read"
    assert shop.userinfo(answer["access_token"]).status_code == 401


def test_refresh_may_choose_another_resource_of_the_grant_or_this_server(shop, arrange, factory):
    user_id = factory.user(roles=["buyer", "keeper"])
    answer = arrange.tokens(shop, user_id, scope="openid offline_access items.read", resources=[ORDERS, STOCK])
    answer = shop.refresh(answer["refresh_token"], resource=STOCK).json
    assert audience(answer) == STOCK
    assert answer["expires_in"] == 60
    answer = shop.refresh(answer["refresh_token"], resource=ISSUER).json
    assert audience(answer) == ISSUER
    assert "items.read" not in answer["scope"]
    assert shop.userinfo(answer["access_token"]).status_code == 200


@pytest.mark.parametrize(
    "resource", [STOCK, "https://unknown.example", "orders", "https://orders.example/", "https://orders.example#x"]
)
def test_tk17_resource_outside_the_grant_is_refused_and_costs_nothing(shop, arrange, factory, resource):
    buyer = factory.user(roles=["buyer"])
    answer = arrange.tokens(shop, buyer, scope="openid offline_access orders.read", resources=[ORDERS])
    assert refused(shop.refresh(answer["refresh_token"], resource=resource), "invalid_target")
    assert shop.refresh(answer["refresh_token"]).status_code == 200


def test_tk17_two_resources_in_one_token_request_are_refused(shop, arrange, factory):
    answer = arrange.tokens(shop, factory.user(roles=["buyer"]), scope="openid offline_access orders.read")
    assert refused(shop.refresh(answer["refresh_token"], resource=[ORDERS, STOCK]), "invalid_target")


def test_tk17_machine_names_an_api_it_may_use(machine, shop):
    answer = machine.token(grant_type="client_credentials", resource=ORDERS, scope="items.read").json
    assert audience(answer) == ORDERS
    assert answer["scope"] == "items.read"
    response = machine.token(grant_type="client_credentials", resource=f"{ISSUER}/api/v1")
    assert refused(response, "invalid_target")
    assert refused(machine.token(grant_type="client_credentials", resource="https://unknown.example"), "invalid_target")


def test_audience_follows_the_scope_when_no_resource_is_named(machine, shop, arrange, factory):
    assert audience(machine.token(grant_type="client_credentials", scope="orders.read").json) == ORDERS
    answer = arrange.tokens(shop, factory.user(roles=["buyer"]), scope="openid orders.read")
    assert audience(answer) == [ISSUER, ORDERS]
    assert shop.userinfo(answer["access_token"]).status_code == 200


def test_scope_that_two_apis_know_needs_a_resource(machine):
    # A token for both would carry the right at the one over to the other.
    assert refused(machine.token(grant_type="client_credentials", scope="items.read"), "invalid_target")


def test_person_gets_only_the_scopes_their_roles_allow(shop, arrange, factory):
    scope = "openid items.read items.write orders.read"
    answer = arrange.tokens(shop, factory.user(roles=["buyer"]), scope=scope, resources=[ORDERS])
    assert answer["scope"] == "openid items.read orders.read"


def test_scope_of_one_api_is_not_given_for_another(shop, arrange, factory):
    answer = arrange.tokens(shop, factory.user(roles=["buyer"]), scope="openid items.read", resources=[STOCK])
    assert answer["scope"] == "openid"


def test_roles_bring_the_permissions_of_the_audience(shop, arrange, factory):
    user_id = factory.user(roles=["buyer", "keeper"])
    answer = arrange.tokens(shop, user_id, scope="openid roles", resources=[STOCK])
    for token in ("access_token", "id_token"):
        claims = part(answer[token])
        assert claims["roles"] == ["buyer", "keeper"]
        assert claims["permissions"] == ["items.read"]


def test_ad05_role_taken_away_is_gone_at_the_next_refresh_and_introspection(shop, arrange, factory):
    user_id = factory.user(roles=["buyer"])
    answer = arrange.tokens(shop, user_id, scope="openid offline_access roles orders.read", resources=[ORDERS])
    assert "orders.read" in shop.introspect(answer["access_token"])["scope"]
    arrange.run(access.revoke_role, user_id, "buyer")
    told = shop.introspect(answer["access_token"])
    assert told["scope"] == "openid offline_access roles"
    assert told["roles"] == told["permissions"] == []
    answer = shop.refresh(answer["refresh_token"]).json
    assert answer["scope"] == "openid offline_access roles"
    assert part(answer["access_token"])["roles"] == []
    # The grant has not changed: with the role, the scope comes back.
    arrange.run(access.grant_role, user_id, "buyer")
    assert "orders.read" in shop.refresh(answer["refresh_token"]).json["scope"]


def test_api_that_was_deleted_since_is_no_target(shop, arrange, factory):
    buyer = factory.user(roles=["buyer"])
    answer = arrange.tokens(shop, buyer, scope="openid offline_access orders.read", resources=[ORDERS])
    arrange.run(catalogue.delete_api, ORDERS)
    assert refused(shop.refresh(answer["refresh_token"]), "invalid_target")
