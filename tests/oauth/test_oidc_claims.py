"""The claims parameter: OpenID Connect Core §5.5."""

import json

import pytest

from tests.actors import query
from tests.arrange import part
from tests.oauth.front import answer, app_is_told, signed_in


def walk(rp, browser, claims, *, tick=(), scope="openid", email="alice@example.com"):
    """Sign in, tick some boxes at the consent page and redeem."""
    browser.left_for = None
    browser.get(rp.authorize_url(scope=scope, claims=json.dumps(claims)))
    if browser.path == "/login":
        browser.submit("identifier", identifier=email, password="correct horse battery staple")
    if browser.left_for is None:
        form = browser.form("decision")
        fields = {name: value for name, value in form.fields.items() if value is not None and name != "claim"}
        browser.post(browser.url, {**fields, "decision": "allow", "claim": list(tick)})
    return rp.redeem(rp.answer(browser.left_for)["code"]).json


def test_essential_claim_is_shown_and_given(rp, browser, factory):
    factory.user("alice@example.com", name="Alice Baker")
    browser.get(rp.authorize_url(scope="openid", claims=json.dumps({"userinfo": {"name": {"essential": True}}})))
    tokens = walk(rp, browser, {"userinfo": {"name": {"essential": True}}})
    assert rp.userinfo(tokens["access_token"]).json["name"] == "Alice Baker"
    assert "name" not in part(tokens["id_token"])


def test_claims_for_the_id_token_go_into_the_id_token(rp, browser, factory):
    factory.user("alice@example.com", name="Alice Baker")
    tokens = walk(rp, browser, {"id_token": {"name": {"essential": True}}})
    assert part(tokens["id_token"])["name"] == "Alice Baker"
    assert "name" not in rp.userinfo(tokens["access_token"]).json


@pytest.mark.parametrize("ticked", [True, False])
def test_voluntary_claim_is_given_only_when_ticked(rp, browser, factory, ticked):
    factory.user("alice@example.com", nickname="Ally")
    tokens = walk(rp, browser, {"userinfo": {"nickname": None}}, tick=["nickname"] if ticked else [])
    assert ("nickname" in rp.userinfo(tokens["access_token"]).json) is ticked


def test_a_box_left_empty_is_not_asked_about_again(rp, browser, factory):
    factory.user("alice@example.com", nickname="Ally")
    claims = {"userinfo": {"nickname": None}}
    walk(rp, browser, claims)
    told = answer(browser.http.get(rp.authorize_url(scope="openid", claims=json.dumps(claims))))
    assert "nickname" not in rp.userinfo(rp.redeem(told["code"]).json["access_token"]).json


def test_a_ticked_box_is_remembered(rp, browser, factory):
    factory.user("alice@example.com", nickname="Ally")
    claims = {"userinfo": {"nickname": None}}
    walk(rp, browser, claims, tick=["nickname"])
    told = answer(browser.http.get(rp.authorize_url(scope="openid", claims=json.dumps(claims))))
    assert rp.userinfo(rp.redeem(told["code"]).json["access_token"]).json["nickname"] == "Ally"


def test_box_that_was_not_offered_gives_nothing(rp, browser, factory):
    factory.user("alice@example.com", nickname="Ally", phone_number="+44 20 7946 0000")
    tokens = walk(rp, browser, {"userinfo": {"nickname": None}}, tick=["nickname", "phone_number", "email"])
    assert set(rp.userinfo(tokens["access_token"]).json) == {"sub", "nickname"}


def test_claim_of_a_granted_scope_needs_no_box(rp, browser, factory):
    factory.user("alice@example.com")
    tokens = walk(rp, browser, {"id_token": {"email": None}}, scope="openid email")
    assert part(tokens["id_token"])["email"] == "alice@example.com"


def test_new_essential_claim_asks_again(rp, browser, factory):
    factory.user("alice@example.com")
    walk(rp, browser, {"userinfo": {"email": {"essential": True}}})
    claims = json.dumps({"userinfo": {"email": {"essential": True}, "phone_number": {"essential": True}}})
    app_is_told(browser.http.get(rp.authorize_url(scope="openid", claims=claims, prompt="none")), "consent_required")


def test_claims_we_do_not_know_are_ignored(rp, browser, factory):
    factory.user("alice@example.com")
    asked = {"userinfo": {"shoe_size": {"essential": True}, "roles": None}, "vendor": {"x": 1}, "id_token": None}
    assert set(rp.userinfo(walk(rp, browser, asked)["access_token"]).json) == {"sub"}


@pytest.mark.parametrize(
    "claims",
    ["no json", "[]", '"x"', "7", '{"userinfo":[]}', '{"userinfo":"name"}', '{"id_token":{"email":7}}',
     '{"id_token":{"email":{"essential":"yes"}}}', '{"id_token":{"email":{"values":"x"}}}', "{" * 1500, "[" * 1500,
     '{"userinfo":{"name":NaN}}'],
)  # fmt: skip
def test_claims_that_are_no_request_are_refused(rp, client, claims):
    app_is_told(client.get(rp.authorize_url(claims=claims)), "invalid_request")


def test_deeply_nested_claims_are_refused_without_an_error_of_ours(rp, client):
    fields = {name: values[0] for name, values in query(rp.authorize_url()).items()}
    response = client.post("/oauth/authorize", data={**fields, "claims": "[" * 8192})
    app_is_told(response, "invalid_request")


@pytest.mark.parametrize("place", ["id_token", "userinfo"])
def test_sub_names_the_only_person_who_will_do(rp, browser, factory, place):
    user_id = factory.user("alice@example.com")
    rp.sign_in(browser, "alice@example.com")
    mine, another = ({place: {"sub": {"value": value}}} for value in (user_id, "01ABCDEFGHJKMNPQRSTVWXYZ00"))
    assert answer(browser.http.get(rp.authorize_url(claims=json.dumps(mine), prompt="none")))["code"]
    app_is_told(browser.http.get(rp.authorize_url(claims=json.dumps(another), prompt="none")), "login_required")
    app_is_told(browser.http.get(rp.authorize_url(claims=json.dumps(another))), "login_required")


def test_sub_and_hint_of_different_persons_are_refused(rp, browser, factory):
    factory.user("alice@example.com")
    hint = rp.sign_in(browser, "alice@example.com")["id_token"]
    claims = json.dumps({"id_token": {"sub": {"value": "somebody-else"}}})
    app_is_told(browser.http.get(rp.authorize_url(id_token_hint=hint, claims=claims)), "invalid_request")


@pytest.mark.parametrize(("wanted", "works"), [(["1"], True), (["2", "1"], True), (["gold"], False)])
def test_essential_acr_is_reached_or_the_answer_is_an_error(rp, browser, factory, wanted, works):
    factory.user("alice@example.com")
    claims = json.dumps({"id_token": {"acr": {"essential": True, "values": wanted}}})
    told = rp.authorize(browser, "alice@example.com", claims=claims)
    assert ("code" in told) is works
    assert told.get("error") == (None if works else "unmet_authentication_requirements")


def test_essential_acr_without_a_page_is_login_required(rp, browser, factory):
    signed_in(browser, factory)
    claims = json.dumps({"id_token": {"acr": {"essential": True, "value": "gold"}}})
    app_is_told(browser.http.get(rp.authorize_url(claims=claims, prompt="none")), "login_required")


def test_acr_that_is_not_essential_is_no_condition(rp, browser, factory):
    factory.user("alice@example.com")
    claims = json.dumps({"id_token": {"acr": {"values": ["gold"]}}})
    assert "code" in rp.authorize(browser, "alice@example.com", claims=claims)
