"""What a view may ask of a token, and the exact words of a refusal: RFC 6750 §3, RFC 9470 §3, RFC 9728 §5.1."""

import json
import time

import pytest

from idp.resource import (
    InsufficientScope,
    InsufficientUserAuthentication,
    InvalidRequest,
    InvalidToken,
    IssuerUnreachable,
    NoToken,
    Refused,
    Requirement,
    Verifier,
    check,
)
from tests.resource.conftest import ISSUER, METADATA, ORDERS, bearer

NOW = 1_800_000_000


@pytest.fixture
def of(verifier, signed):
    """A token that says this and that."""
    return lambda **claims: verifier.verify(bearer(signed(**claims)))


def refusal(token, **wanted):
    with pytest.raises(Refused) as found:
        check(token, Requirement(**wanted), now=NOW)
    return found.value


@pytest.mark.parametrize(
    "wanted",
    [
        {}, {"scope": "orders.read"}, {"scope": ["orders.read", "roles"]}, {"scope": "roles orders.read"}, {"role": "buyer"},
        {"permission": "orders.read"}, {"acr": "1"}, {"max_age": 60},
        {"scope": "orders.read", "role": "buyer", "permission": "orders.read", "acr": "1", "max_age": 60},
    ],
    ids=str,
)  # fmt: skip
def test_a_buyer_of_the_real_server_fulfils_what_buyers_do(verifier, token, wanted):
    found = verifier.verify(bearer(token))
    assert check(found, Requirement(**wanted)) is found


def test_every_scope_is_needed_and_all_are_told(of):
    found = refusal(of(scope="orders.read"), scope="orders.read orders.write")
    assert isinstance(found, InsufficientScope)
    assert found.status == 403
    assert found.www_authenticate(METADATA) == (
        'Bearer error="insufficient_scope", error_description="the token lacks a scope", '
        f'scope="orders.read orders.write", resource_metadata="{METADATA}"'
    )


@pytest.mark.parametrize("scope", ["orders", "orders.read.all", "ORDERS.READ", ""])
def test_a_scope_is_compared_whole(of, scope):
    assert refusal(of(scope=scope), scope="orders.read").error == "insufficient_scope"


@pytest.mark.parametrize(("kind", "claim"), [("role", "roles"), ("permission", "permissions")])
def test_a_missing_role_or_permission_is_told_and_the_scope_roles_only_where_it_helps(of, kind, claim):
    said = f'Bearer error="insufficient_scope", error_description="the token lacks a {kind}"'
    assert refusal(of(**{claim: ["b"]}), **{kind: "a"}).www_authenticate() == said
    assert refusal(of(**{claim: ["b"]}), **{kind: ["a", "b"]}).www_authenticate() == said
    assert refusal(of(), **{kind: "a"}).www_authenticate() == said + ', scope="roles"'
    assert check(of(**{claim: ["a", "b"]}), Requirement(**{kind: "a b"}))


@pytest.mark.parametrize(
    ("acr", "wanted", "good"),
    [
        ("1", "1", True), ("2", "1", True), ("2", "2", True), ("1", "2", False), ("3", "2", False), ("10", "2", False),
        ("2", "3", False), (None, "1", False), ("urn:mfa", "urn:mfa", True), ("2", "urn:mfa", False),
    ],
)  # fmt: skip
def test_a_class_is_at_least_the_one_that_is_asked_for(of, acr, wanted, good):
    token = of(acr=acr)
    if good:
        assert check(token, Requirement(acr=wanted))
    else:
        assert isinstance(refusal(token, acr=wanted), InsufficientUserAuthentication)


@pytest.mark.parametrize(("ago", "good"), [(0, True), (300, True), (301, False), (None, False)])
def test_a_sign_in_is_as_recent_as_is_asked_for(of, ago, good):
    token = of(auth_time=None if ago is None else NOW - ago)
    if good:
        assert check(token, Requirement(max_age=300), now=NOW)
    else:
        assert refusal(token, max_age=300).www_authenticate() == (
            'Bearer error="insufficient_user_authentication", '
            'error_description="a more recent sign-in is needed", max_age="300"'
        )


def test_a_step_up_asks_for_class_and_age_at_once(of):
    found = refusal(of(acr="1", auth_time=NOW), acr="2", max_age=300)
    assert found.status == 401
    assert found.www_authenticate(METADATA) == (
        'Bearer error="insufficient_user_authentication", error_description="a stronger sign-in is needed", '
        f'acr_values="2", max_age="300", resource_metadata="{METADATA}"'
    )
    assert 'max_age="0"' in refusal(of(acr="2", auth_time=NOW - 1), max_age=0).www_authenticate()


def test_who_may_not_do_it_is_not_asked_to_sign_in_again(of):
    assert isinstance(refusal(of(acr="1"), scope="orders.write", acr="2"), InsufficientScope)


def test_age_is_measured_by_the_clock_of_the_wall(of):
    assert check(of(auth_time=int(time.time()) - 10), Requirement(max_age=60))


@pytest.mark.parametrize("values", [{"acr": 2}, {"acr": ""}, {"max_age": "300"}, {"max_age": -1}, {"max_age": True}])
def test_what_could_never_be_asked_is_an_error_of_the_programmer(values):
    with pytest.raises(ValueError):
        Requirement(**values)


def test_no_token_gets_no_error_code():
    found = NoToken("an access token is needed")
    assert found.status == 401
    assert found.www_authenticate(METADATA) == f'Bearer resource_metadata="{METADATA}"'
    assert found.www_authenticate() == "Bearer"
    assert json.loads(found.body()) == {"error_description": "an access token is needed"}


@pytest.mark.parametrize(("kind", "status"), [(InvalidToken, 401), (InvalidRequest, 400)])
def test_other_refusals_have_code_and_description(kind, status):
    found = kind("the token has expired")
    assert found.status == status
    code = found.error
    assert found.www_authenticate(METADATA) == (
        f'Bearer error="{code}", error_description="the token has expired", resource_metadata="{METADATA}"'
    )
    assert json.loads(found.body()) == {"error": code, "error_description": "the token has expired"}
    assert ("Cache-Control", "no-store") in found.headers()


def test_nothing_can_break_out_of_the_quotes():
    said = InvalidToken('a"b\\c\r\nSet-Cookie: x=é').www_authenticate()
    assert said == 'Bearer error="invalid_token", error_description="a?b?c??Set-Cookie: x=?"'


def test_an_issuer_that_is_down_is_no_challenge():
    found = IssuerUnreachable("the issuer does not answer")
    assert found.status == 503
    names = {name for name, _value in found.headers(METADATA)}
    assert "Retry-After" in names
    assert "WWW-Authenticate" not in names


@pytest.mark.parametrize(
    "header",
    [
        [bearer("a.b.c"), bearer("a.b.c")], [bearer("a.b.c"), "Basic YTpi"], "Bearer a.b.c, Bearer a.b.c", "Bearer", "Bearer ",
        "Bearer a b", 'Bearer "abc"', "Bearer a=b", "Bearer é", "Bearer " + "x" * 20_000,
    ],
    ids=range(10),
)  # fmt: skip
def test_a_header_that_is_doubled_or_malformed_is_refused(header):
    with pytest.raises(InvalidRequest):
        Verifier(ISSUER, ORDERS).verify(header)
