"""What `idp try` checks: each wrong token is named by the check that fails."""

import time

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from idp.operate.trying.verify import check_answer, check_id_token, check_metadata, check_userinfo, left_half_hash

ISSUER, CLIENT, NONCE, ACCESS = "http://localhost:8000", "app", "n-0", "an-access-token"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})


def token(key=KEY, **changes):
    claims = {
        "iss": ISSUER, "aud": CLIENT, "sub": "s", "nonce": NONCE, "exp": int(time.time()) + 60,
        "at_hash": left_half_hash(ACCESS, "RS256"), **changes,
    }  # fmt: skip
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def failed(value):
    keys = {"keys": [KEY.as_dict(private=False)]}
    found = check_id_token(value, keys=keys, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, access_token=ACCESS)
    return [check.name for check in found.checks if not check.passed]


def test_a_right_token_passes_every_check():
    assert failed(token()) == []
    assert failed(token(aud=["another", CLIENT])) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"iss": "http://evil.example"}, "iss"),
        ({"aud": "another"}, "aud"),
        ({"nonce": "another"}, "nonce"),
        ({"exp": int(time.time()) - 60}, "exp"),
        ({"at_hash": "another"}, "at_hash"),
    ],
)
def test_a_wrong_claim_is_named(change, name):
    assert failed(token(**change)) == [name]


def test_a_foreign_signature_is_named():
    assert failed(token(key=OTHER)) == ["signature"]


def test_an_unsigned_token_is_refused():
    assert failed("eyJhbGciOiJub25lIn0.e30.") == ["signature"]


def test_an_answer_of_another_provider_is_refused():
    assert not check_answer({"iss": "http://evil.example"}, ISSUER)[0].passed
    assert not check_answer({}, ISSUER)[0].passed
    assert not check_metadata({"issuer": "http://evil.example"}, ISSUER).passed


def test_userinfo_about_somebody_else_is_refused():
    assert check_userinfo({"sub": "s"}, {"sub": "s"}).passed
    assert not check_userinfo({"sub": "another"}, {"sub": "s"}).passed
