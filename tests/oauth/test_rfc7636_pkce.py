"""PKCE at the authorization endpoint: RFC 7636 §4.3, §4.4.1; S256 only, required unless lifted."""

import pytest

from tests.actors import RelyingParty
from tests.oauth.front import app_is_told

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_lifted_confidential_client_may_do_without(app, factory, browser):
    rp = RelyingParty(app, *factory.client_with_secret(require_pkce=False))
    factory.user("alice@example.com")
    told = rp.authorize(browser, "alice@example.com", code_challenge=None, code_challenge_method=None)
    assert rp.redeem(told["code"], code_verifier=None).status_code == 200


def test_lifted_client_that_sends_a_challenge_is_held_to_it(app, factory, browser):
    rp = RelyingParty(app, *factory.client_with_secret(require_pkce=False))
    factory.user("alice@example.com")
    told = rp.authorize(browser, "alice@example.com")
    assert rp.redeem(told["code"], code_verifier=None).json["error"] == "invalid_grant"


@pytest.mark.parametrize("lifted", [True, False])
@pytest.mark.parametrize(
    "bad",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": None},
        {"code_challenge": "x" * 42},
        {"code_challenge": "x" * 44},
        {"code_challenge": CHALLENGE[:-1] + "="},
        {"code_challenge": CHALLENGE[:-1] + "+"},
    ],
    ids=str,
)
def test_challenge_that_is_no_s256_is_refused_even_where_none_is_needed(app, factory, client, lifted, bad):
    rp = RelyingParty(app, *factory.client_with_secret(require_pkce=not lifted))
    app_is_told(client.get(rp.authorize_url(**{"code_challenge": CHALLENGE, **bad})), "invalid_request")
