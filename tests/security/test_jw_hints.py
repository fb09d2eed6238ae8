"""JW at the two places that read an ID token as a hint: the authorization endpoint and end_session."""

import base64
import hmac
import json
from urllib.parse import urlencode

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from idp.core.clock import timestamp
from idp.keyring import service as keyring
from tests.actors import query
from tests.arrange import part
from tests.oauth.front import app_is_told, is_at

RETURN = "https://rp.example.com/signed-out"
NUMBERS = [1e30, -1, "1", True, [1]]


@pytest.fixture
def hint(rp, browser, factory):
    """A good ID token of the person who is signed in."""
    factory.user("alice@example.com")
    return rp.sign_in(browser, "alice@example.com")["id_token"]


@pytest.fixture
def is_no_hint(rp, browser):
    """Check that neither endpoint takes a token for a hint."""

    def check(token):
        app_is_told(browser.http.get(rp.authorize_url(prompt="none", id_token_hint=token)), "invalid_request")
        browser.left_for = None
        values = {"id_token_hint": token, "post_logout_redirect_uri": RETURN}
        browser.get("/oauth/end_session?" + urlencode(values))
        assert is_at(browser, "/logout")
        assert browser.http.get("/account").status_code == 200

    return check


def segment(value):
    return (
        base64.urlsafe_b64encode(value if isinstance(value, bytes) else json.dumps(value).encode())
        .rstrip(b"=")
        .decode()
    )


def with_header(hint, **changes):
    """The same claims and signature under another header."""
    header = {name: value for name, value in {**part(hint, 0), **changes}.items() if value is not None}
    return ".".join([segment(header), *hint.split(".")[1:]])


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "", None])
def test_jw01_token_without_a_signature_is_no_hint(hint, is_no_hint, alg):
    is_no_hint(with_header(hint, alg=alg).rsplit(".", 1)[0] + ".")
    is_no_hint(with_header(hint, alg=alg))


@pytest.mark.parametrize("form", ["pem", "pem with text", "der", "jwk"])
@pytest.mark.parametrize("alg", ["HS256", "HS512"])
def test_jw02_hmac_over_our_public_key_is_no_hint(hint, is_no_hint, arrange, form, alg):
    public = arrange.run(keyring.published)[0]
    key = RSAKey.import_key(public)
    pem = key.as_pem(private=False)
    secret = {
        "pem": pem,
        "pem with text": b"x" + pem,
        "der": key.as_der(private=False),
        "jwk": json.dumps(public).encode(),
    }
    header = {"alg": alg, "kid": public["kid"], "typ": "JWT"}
    signed = f"{segment(header)}.{segment({**part(hint), 'exp': timestamp() + 600})}"
    mac = hmac.digest(secret[form], signed.encode(), f"sha{alg.removeprefix('HS')}")
    is_no_hint(f"{signed}.{segment(mac)}")


@pytest.mark.parametrize(
    "changes",
    [
        {"jku": "https://evil.example/jwks"}, {"x5u": "https://evil.example/x5u"}, {"x5c": ["AAAA"]},
        {"crit": ["bork"], "bork": 1}, {"crit": []}, {"b64": False}, {"kid": "../../etc/passwd"}, {"kid": "' OR 1=1 --"},
        {"kid": "https://evil.example/key"}, {"kid": "k" * 4000}, {"kid": None}, {"kid": 7},
    ],
    ids=lambda changes: next(iter(changes)) + str(next(iter(changes.values())))[:8],
)  # fmt: skip
def test_jw03_header_that_moves_the_key_makes_no_hint(hint, is_no_hint, changes):
    is_no_hint(with_header(hint, **changes))


def test_jw03_key_that_comes_along_is_not_used(hint, is_no_hint):
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "typ": "JWT", "kid": part(hint, 0)["kid"], "jwk": key.as_dict(private=False)}
    is_no_hint(jws.serialize_compact(header, json.dumps(part(hint)).encode(), key, algorithms=["RS256"]))


@pytest.mark.parametrize("typ", ["at+jwt", "logout+jwt", "jwt", "", None])
def test_jw07_token_of_another_kind_is_no_hint(hint, is_no_hint, arrange, typ):
    if typ is None:
        is_no_hint(with_header(hint, typ=None))
        return
    is_no_hint(arrange.run(keyring.sign, part(hint), typ=typ))


def test_jw07_access_and_refresh_token_are_no_hints(rp, browser, hint, is_no_hint):
    browser.left_for = None
    tokens = rp.sign_in(browser, "alice@example.com")
    is_no_hint(tokens["access_token"])
    is_no_hint(tokens["refresh_token"])


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize("value", NUMBERS, ids=repr)
def test_jw08_times_that_are_no_times_make_no_hint(hint, is_no_hint, arrange, name, value):
    is_no_hint(arrange.run(keyring.sign, {**part(hint), name: value}, typ="JWT"))


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_jw08_token_of_the_future_is_no_hint(hint, is_no_hint, arrange, name):
    is_no_hint(arrange.run(keyring.sign, {**part(hint), name: timestamp() + 3600}, typ="JWT"))


def test_jw06_huge_tokens_are_refused_fast(rp, client):
    for token in ("a" * 16_000 + ".b.c", "." * 10_000, "a.b." + "c" * 12_000):
        data = {name: values[0] for name, values in query(rp.authorize_url(id_token_hint=token)).items()}
        app_is_told(client.post("/oauth/authorize", data=data), "invalid_request")
