"""`private_key_jwt`: RFC 7523 §3, OIDC Core §9."""

import pytest
from joserfc.jwk import ECKey, RSAKey

from tests.arrange import refused
from tests.oauth.assertions import AssertingParty, claims

KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "r1"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "e1"}),
}


@pytest.fixture(params=sorted(KEYS))
def party(request, app, factory):
    return AssertingParty(app, factory, KEYS[request.param], request.param)


def test_signed_assertion_proves_the_client(party):
    assert party.ask(party.sign(claims(party.client_id))).status_code == 200


@pytest.mark.parametrize(
    "audience",
    ["https://id.example.com", "https://id.example.com/oauth/token", ["https://id.example.com"]],
    ids=["issuer", "token-endpoint", "list"],
)
def test_assertion_may_be_for_the_issuer_or_the_token_endpoint(party, audience):
    assert party.ask(party.sign(claims(party.client_id, aud=audience))).status_code == 200


def test_client_id_beside_the_assertion_must_be_the_signer(party):
    signed = party.sign(claims(party.client_id))
    assert party.ask(signed, client_id=party.client_id).status_code == 200
    signed = party.sign(claims(party.client_id))
    assert refused(party.ask(signed, client_id="another"), "invalid_client", 401)


def test_assertion_without_a_key_id_is_matched_to_the_clients_keys(party):
    assert party.ask(party.sign(claims(party.client_id), kid=None)).status_code == 200


def test_assertion_type_must_be_named(party):
    signed = party.sign(claims(party.client_id))
    assert refused(party.ask(signed, client_assertion_type="urn:bogus"), "invalid_client", 401)


def test_a_refused_grant_spends_the_assertion_all_the_same(party):
    signed = party.sign(claims(party.client_id))
    assert refused(party.ask(signed, scope="nonsense"), "invalid_scope")
    assert refused(party.ask(signed), "invalid_client", 401)
