"""Which access tokens an API takes: RFC 9068 §4."""

import base64
import hmac
import json
import re
import time

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from idp.resource import InvalidToken, NoToken, Verifier
from tests.arrange import part
from tests.resource.conftest import ISSUER, ORDERS, bearer


def encode(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed_by(key, header, claims):
    registry = jws.JWSRegistry(strict_check_header=False, algorithms=[header["alg"]])
    return jws.serialize_compact(header, json.dumps(claims).encode(), key, registry=registry)


def refused(verifier, token, description):
    with pytest.raises(InvalidToken) as refusal:
        verifier.verify(bearer(token))
    assert refusal.value.description == description
    return True


def test_a_token_of_the_issuer_tells_who_asks_and_what_is_allowed(verifier, token, buyer, shop):
    found = verifier.verify(bearer(token))
    assert found.subject == buyer
    assert found.client_id == shop.client_id
    assert found.scopes == {"openid", "roles", "orders.read"}
    assert found.roles == {"buyer"}
    assert found.permissions == {"orders.read"}
    assert found.acr == "1"
    assert abs(found.auth_time - time.time()) < 60
    assert found.claims["aud"] == ORDERS


def test_the_token_is_not_shown_by_its_repr(verifier, token):
    assert "jti" not in repr(verifier.verify(bearer(token)))


def test_what_a_token_says_cannot_be_changed(verifier, token):
    with pytest.raises(TypeError):
        verifier.verify(bearer(token)).claims["sub"] = "owner"


def test_a_token_for_the_issuer_and_us_is_good(verifier, signed):
    assert verifier.verify(bearer(signed(aud=[ISSUER, ORDERS]))).subject == "person"


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"iss": "https://evil.example"}, "the token is of another issuer"),
        ({"iss": ISSUER + "/"}, "the token is of another issuer"),
        ({"iss": None}, "the token is of another issuer"),
        ({"aud": "https://stock.example"}, "the token is for another audience"),
        ({"aud": ORDERS + "/"}, "the token is for another audience"),
        ({"aud": [ISSUER]}, "the token is for another audience"),
        ({"aud": []}, "the token is for another audience"),
        ({"aud": {ORDERS: 1}}, "the token is for another audience"),
        ({"aud": None}, "the token is for another audience"),
        ({"exp": None}, "the token has no usable exp"),
        ({"exp": "2999999999"}, "the token has no usable exp"),
        ({"exp": True}, "the token has no usable exp"),
        ({"exp": 2**50}, "the token has no usable exp"),
        ({"iat": None}, "the token has no usable iat"),
        ({"sub": None}, "the token has no usable sub"),
        ({"sub": ""}, "the token has no usable sub"),
        ({"client_id": None}, "the token has no usable client_id"),
        ({"scope": ["orders.read"]}, "the token has no usable scope"),
        ({"roles": "buyer"}, "the token has no usable roles"),
        ({"permissions": [1]}, "the token has no usable permissions"),
        ({"acr": 2}, "the token has no usable acr"),
        ({"auth_time": "now"}, "the token has no usable auth_time"),
        ({"cnf": {"jkt": "x"}}, "the token is bound to a key and cannot be used as a bearer token"),
    ],
    ids=str,
)
def test_a_bent_claim_is_refused_though_the_issuer_signed_it(verifier, signed, changes, description):
    assert refused(verifier, signed(**changes), description)


@pytest.mark.parametrize("typ", ["JWT", "at+JWT ", "logout+jwt", "", "dpop+jwt"])
def test_only_the_type_of_access_tokens_is_taken(verifier, signed, typ):
    assert refused(verifier, signed(typ=typ), "this is no access token")


def test_an_id_token_is_no_access_token(tokens, http):
    id_token = tokens()["id_token"]
    verifier = Verifier(ISSUER, part(id_token)["aud"], http=http)
    assert refused(verifier, id_token, "this is no access token")


@pytest.mark.parametrize(("seconds", "good"), [(-25, True), (-35, False), (5, True)])
def test_an_expired_token_is_good_for_the_clock_skew_and_no_longer(verifier, signed, seconds, good):
    expiry = int(time.time()) + seconds
    token = signed(exp=expiry)
    if good:
        assert verifier.verify(bearer(token)).subject == "person"
    else:
        with pytest.raises(InvalidToken) as refusal:
            verifier.verify(bearer(token))
        at = time.strftime("%H:%M:%SZ", time.gmtime(expiry))
        said = rf"the token expired 3[5-9] s ago \(exp {at}, clock skew allowed 30 s\)"
        assert re.fullmatch(said, refusal.value.description)


@pytest.mark.parametrize("claim", ["iat", "nbf"])
def test_a_token_of_the_future_is_not_good_yet(verifier, signed, claim):
    assert verifier.verify(bearer(signed(**{claim: int(time.time()) + 25})))
    assert refused(verifier, signed(**{claim: int(time.time()) + 40}), "the token is not valid yet")


def test_a_token_without_a_signature_is_refused(verifier, token):
    header, claims = part(token, 0), part(token)
    for alg in ("none", "None", "NONE"):
        forged = f"{encode({**header, 'alg': alg})}.{encode(claims)}."
        assert refused(verifier, forged, "the token is signed with another algorithm")
    bare = token.rpartition(".")[0] + "."
    assert refused(verifier, bare, "the token's signature is wrong")


@pytest.mark.parametrize("form", ["pem", "der", "n"])
def test_the_public_key_is_no_secret_for_hmac(verifier, token, client, form):
    entry = next(each for each in client.get("/oauth/jwks").json["keys"] if each["kid"] == part(token, 0)["kid"])
    public = RSAKey.import_key({name: entry[name] for name in ("kty", "n", "e")})
    secret = {"pem": public.as_pem(), "der": public.as_der(), "n": entry["n"].encode()}[form]
    message = f"{encode({**part(token, 0), 'alg': 'HS256'})}.{token.split('.')[1]}"
    forged = f"{message}.{encode(hmac.digest(secret, message.encode(), 'sha256'))}"
    assert refused(verifier, forged, "the token is signed with another algorithm")


@pytest.mark.parametrize("extra", [{}, {"jwk": True}, {"jku": "https://evil.example/jwks"}])
def test_another_key_under_the_id_of_ours_is_refused(verifier, token, wire, extra):
    key = RSAKey.generate_key(2048)
    if "jwk" in extra:
        extra = {"jwk": key.as_dict(private=False)}
    forged = signed_by(key, {**part(token, 0), **extra}, part(token))
    with pytest.raises(InvalidToken):
        verifier.verify(bearer(forged))
    assert not [path for path in wire.asked if path not in {"/oauth/jwks", "/.well-known/oauth-authorization-server"}]


def test_an_unknown_key_is_refused(verifier, token):
    key = RSAKey.generate_key(2048)
    forged = signed_by(key, {**part(token, 0), "kid": "another"}, part(token))
    assert refused(verifier, forged, "the token is signed with an unknown key")


@pytest.mark.parametrize(
    "change", [{"kid": None}, {"kid": 1}, {"kid": ["a"]}, {"crit": ["exp"]}, {"crit": ["b64"], "b64": False}]
)
def test_a_header_that_is_not_ours_is_refused(verifier, token, change):
    header = {name: value for name, value in {**part(token, 0), **change}.items() if value is not None}
    _, claims, signature = token.split(".")
    with pytest.raises(InvalidToken):
        verifier.verify(bearer(f"{encode(header)}.{claims}.{signature}"))


def test_a_changed_claim_breaks_the_signature(verifier, token):
    header, _, signature = token.split(".")
    forged = f"{header}.{encode({**part(token), 'sub': 'owner'})}.{signature}"
    assert refused(verifier, forged, "the token's signature is wrong")


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        "a.b.c",
        "..",
        "a.b.c.d.e",
        encode(b"[]") + ".e30.x",
        encode(b"[" * 300) + ".e30.x",
        encode(b"\xff") + ".e30.x",
    ],
)
def test_what_is_no_token_is_refused_without_asking_anybody(verifier, wire, token):
    with pytest.raises(InvalidToken):
        verifier.verify(bearer(token))
    assert not wire.asked


@pytest.mark.parametrize("header", [None, "", [], "Basic YTpi", "Digest x", "bearerx"])
def test_no_bearer_token_is_no_token(verifier, header):
    with pytest.raises(NoToken):
        verifier.verify(header)


@pytest.mark.parametrize(
    ("issuer", "audience", "options"),
    [
        ("http://id.example.com", ORDERS, {}),
        ("id.example.com", ORDERS, {}),
        ("ftp://id.example.com", ORDERS, {}),
        ("https://id.example.com?x=1", ORDERS, {}),
        (ISSUER, "", {}),
        (ISSUER, ORDERS, {"leeway": 301}),
        (ISSUER, ORDERS, {"leeway": -1}),
    ],
)
def test_settings_that_could_not_be_safe_are_refused(issuer, audience, options):
    with pytest.raises(ValueError):
        Verifier(issuer, audience, **options)


@pytest.mark.parametrize(
    "issuer", ["http://localhost:8000", "http://127.0.0.1:8000", "http://id.localhost", "https://id.example.com/path"]
)
def test_an_issuer_on_this_machine_needs_no_https(issuer):
    assert Verifier(issuer, ORDERS).issuer.identifier == issuer
