"""The issuer in every answer of the authorization endpoint: RFC 9207 §2."""

import pytest

from tests.oauth.front import ISSUER, answer, signed_in


def test_discovery_says_so(client):
    document = client.get("/.well-known/openid-configuration").json
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["issuer"] == ISSUER


@pytest.mark.parametrize("mode", [None, "query", "fragment"])
def test_success_and_error_carry_the_issuer_where_the_rest_is(rp, browser, factory, mode):
    signed_in(browser, factory)
    told = rp.authorize(browser, response_mode=mode)
    assert told["code"]
    assert told["iss"] == ISSUER
    assert ("#" in browser.left_for) == (mode == "fragment")
    told = answer(browser.http.get(rp.authorize_url(response_mode=mode, scope="unheard-of")))
    assert told["error"] == "invalid_scope"
    assert told["iss"] == ISSUER
