"""Whatever is not byte for byte a token we signed, of the type that is wanted, alive, is refused, and cheaply."""

import base64
import json
import socket
import time
import tracemalloc

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from idp.core.clock import timestamp
from idp.keyring import service as keyring
from idp.keyring.ring import ring

ISSUER = "https://id.example.com"
TYPE = "at+jwt"
ODD_NUMBERS = [
    "1e30", "NaN", "Infinity", "-Infinity", "-1", '"4102444800"', "true", "[4102444800]", "{}", "null", "4102444800.5",
    "1e400", "99999999999999999999999", "1099511627776", "0x10",
]  # fmt: skip


def encode(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(**changes):
    values = {"iss": ISSUER, "sub": "u", "exp": timestamp() + 600, "iat": timestamp(), **changes}
    return {name: value for name, value in values.items() if value is not None}


def forge(header, payload, signature=None):
    """A token of any header and payload; signed with our real key, unless a signature is given."""
    message = f"{encode(header)}.{encode(payload)}".encode()
    if signature is None:
        signature = ring().signer("RS256").sign(message)
    elif callable(signature):
        signature = signature(message)
    return f"{message.decode()}.{encode(signature)}"


def header(**changes):
    values = {"alg": "RS256", "kid": keyring.active_kid(), "typ": TYPE, **changes}
    return {name: value for name, value in values.items() if value is not ...}


def is_refused(token):
    try:
        keyring.verify(token, types={TYPE})
    except keyring.InvalidToken:
        return True
    return False


def check_refused(*tokens):
    """Every one must be refused; one that passes is shown."""
    assert [token for token in tokens if not is_refused(token)] == []


def test_a_token_of_ours_is_good(context):
    assert keyring.verify(forge(header(), claims()), types={TYPE})["sub"] == "u"
    token = keyring.sign(claims(), typ=TYPE)
    assert keyring.verify(token, types={TYPE, "JWT"}) == claims()
    assert jws.deserialize_compact(token, RSAKey.import_key(keyring.published()[0])).headers() == header()


def test_jw01_other_algorithms_and_none_are_refused(context):
    algorithms = ["none", "None", "nOnE", "NONE", "", ..., None, 0, ["RS256"], "RS384", "rs256", "HS256"]
    check_refused(*(forge(header(alg=alg), claims(), sign) for alg in algorithms for sign in (b"", None)))


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512", "RS256"])
def test_jw02_a_mac_keyed_with_our_public_key_is_refused(context, alg):
    jwk = keyring.published()[0]
    public = RSAKey.import_key(jwk).public_key
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    secrets = [
        pem, pem.strip(), b"leading text\n" + pem, json.dumps(jwk).encode(), jwk["n"].encode(),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    ]  # fmt: skip
    for secret in secrets:

        def mac(message, secret=secret):
            maker = HMAC(secret, SHA256())
            maker.update(message)
            return maker.finalize()

        check_refused(forge(header(alg=alg), claims(), mac))


def test_jw03_a_header_that_is_not_ours_is_refused_even_rightly_signed(context, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: pytest.fail("went outside"))
    extras = [
        {"jwk": {"kty": "oct", "k": "AAAA"}}, {"jku": "https://evil.example/jwks"}, {"x5u": "https://evil.example/c"},
        {"x5c": ["MIIB"]}, {"x5t": "AA"}, {"crit": ["bork"]}, {"crit": []}, {"crit": ["b64"], "b64": False},
        {"b64": False}, {"b64": True}, {"zip": "DEF"}, {"cty": "JWT"}, {"enc": "A256GCM"}, {"p2c": 2_000_000_000},
        {"": ""}, {"ALG": "none"},
    ]  # fmt: skip
    check_refused(*(forge({**header(), **extra}, claims()) for extra in extras))


def test_jw03_unknown_and_strange_key_ids_are_refused(context):
    kids = [
        "../../etc/passwd",
        "' OR 1=1 --",
        "https://evil.example/k",
        "x" * 10_000,
        "",
        "unknown",
        ...,
        None,
        7,
        [],
        {},
    ]
    check_refused(*(forge(header(kid=kid), claims()) for kid in kids))


def test_jw03_a_key_of_the_attackers_own_is_refused(context):
    key = RSAKey(rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 2048))
    sign = jws.JWSRegistry.algorithms["RS256"].sign
    check_refused(forge(header(), claims(), lambda message: sign(message, key)))
    jwk = RSAKey.import_key(key.private_key).as_dict(private=False)
    check_refused(forge({**header(), "jwk": jwk}, claims(), lambda message: sign(message, key)))


def test_jw03_the_algorithm_belongs_to_the_key(context):
    keyring.prepare_next("PS256")
    keyring.promote("PS256", force=True)
    pss = jws.JWSRegistry.algorithms["PS256"].sign
    pair = ring().signer("RS256").pair
    check_refused(forge(header(alg="PS256"), claims(), lambda message: pss(message, pair)))
    check_refused(forge(header(alg="RS256", kid=keyring.active_kid("PS256")), claims()))


def test_jw06_garbage_is_refused(context):
    check_refused(
    "", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d.e", "." * 1000, "\x00", "\u00e9.\u00e9.\u00e9", "e30.e30.", "e30.e30.e30",
    "bnVsbA.bnVsbA.AAAA", "W10.W10.AAAA", "a b.c d.e f", " ", "\n", None, 7, b"a.b.c", [],
)  # fmt: skip


def test_jw06_padding_line_breaks_and_second_spellings_are_refused(context):
    good = keyring.sign(claims(), typ=TYPE)
    first, second, third = good.split(".")
    for bent in (good + "=", good + "\n", " " + good, f"{first}=.{second}.{third}", good[:50] + "\n" + good[50:]):
        check_refused(bent)
    assert len(third) % 4 == 2
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = alphabet[alphabet.index(third[-1]) ^ 1]
    check_refused(f"{first}.{second}.{third[:-1]}{other}")


def deep(depth):
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize("build", [
    lambda: "A" * 2_000_000,
    lambda: "." * 1_000_000,
    lambda: f"{encode(header())}.{'A' * 1_000_000}.AAAA",
    lambda: f"{encode({**header(), 'x': 'y' * 1_000_000})}.e30.AAAA",
    lambda: f"{encode(header())}.e30.{'A' * 1_000_000}",
    lambda: f"{encode(deep(5000))}.e30.AAAA",
    lambda: forge(header(), deep(5000)),
    lambda: forge(header(), b'{"a":' + deep(4000) + b"}"),
    lambda: forge(header(), {f"c{n}": n for n in range(100_000)}),
], ids=["long", "dots", "payload", "header", "signature", "deep header", "deep payload", "deep claim", "many claims"])  # fmt: skip
def test_jw06_oversized_tokens_are_refused_fast_and_without_memory(context, build):
    token = build()
    check_refused("warm.up.now")
    tracemalloc.start()
    start = time.process_time()
    check_refused(token)
    seconds = time.process_time() - start
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 0.05
    assert peak < 10 * 1024 * 1024


def test_jw07_another_type_is_refused(context):
    types = ["JWT", "logout+jwt", "at+JWT", "AT+JWT", "application/at+jwt", "", ..., None, 7, ["at+jwt"]]
    check_refused(*(forge(header(typ=typ), claims()) for typ in types))


def test_jw07_another_issuer_is_refused(context):
    issuers = ["https://evil.example", "https://id.example.com/", "", None, 7, [ISSUER]]
    check_refused(*(forge(header(), claims(iss=issuer)) for issuer in issuers))


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_jw08_odd_numbers_are_refused(context, name):
    values = json.dumps(claims(**{name: None}))[:-1]
    check_refused(*(forge(header(), f'{values}, "{name}": {number}}}'.encode()) for number in ODD_NUMBERS))


def test_jw08_times_that_have_passed_or_not_come_are_refused(context, clock):
    check_refused(forge(header(), claims(exp=None)))
    check_refused(forge(header(), claims(exp=timestamp())))
    check_refused(forge(header(), claims(exp=0)))
    check_refused(forge(header(), claims(nbf=timestamp() + 60)))
    check_refused(forge(header(), claims(iat=timestamp() + 60)))
    check_refused(forge(header(), claims(iat=None)))  # without it, nobody can tell whether its key signed here then
    assert keyring.verify(forge(header(), claims(iat=timestamp() + 5)), types={TYPE})
    old = forge(header(), claims(exp=timestamp() + 10))
    clock.advance(20)
    check_refused(old)
    assert keyring.verify(old, types={TYPE}, leeway=30)
    assert keyring.verify(old, types={TYPE}, ignore_expiry=True)
    check_refused(forge(header(), b'{"iss":"https://id.example.com","exp":1e30}'))
    with pytest.raises(keyring.InvalidToken):
        keyring.verify(forge(header(), claims(exp="x")), types={TYPE}, ignore_expiry=True)


def test_jw08_claims_that_are_no_object_are_refused(context):
    payloads = [b"[]", b"null", b"7", b'"x"', b"", b"{", b"\xff", b'{"a":1}{}']
    check_refused(*(forge(header(), payload) for payload in payloads))


def test_jw10_the_published_set_holds_public_keys_only(client, context):
    for alg in ("ES256", "PS256", "Ed25519"):
        keyring.prepare_next(alg)
        keyring.promote(alg, force=True)
        keyring.prepare_next(alg)
    keys = keyring.published()
    assert len(keys) == 7
    assert len({key["kid"] for key in keys}) == 7
    allowed = {
        "RSA": {"kty", "n", "e"}, "EC": {"kty", "crv", "x", "y"}, "OKP": {"kty", "crv", "x"},
    }  # fmt: skip
    for key in keys:
        assert set(key) == allowed[key["kty"]] | {"kid", "use", "alg"}
        assert key["use"] == "sig"
        if key["kty"] == "RSA":
            assert len(base64.urlsafe_b64decode(key["n"] + "==")) >= 256


def test_jw10_a_retired_key_is_not_published(context):
    old = keyring.active_kid()
    keyring.rotate(emergency=True)
    assert old not in {key["kid"] for key in keyring.published()}


def test_a_key_is_parsed_once(context, monkeypatch):
    from idp.keyring import ring as module

    keyring.sign(claims(), typ=TYPE)
    for name in ("open_private", "open_public", "_read"):
        monkeypatch.setattr(module, name, lambda *_a: pytest.fail("parsed again"))
    for _turn in range(3):
        keyring.verify(keyring.sign(claims(), typ=TYPE), types={TYPE})


def test_elliptic_signatures_are_of_the_fixed_length(context):
    keyring.prepare_next("ES256")
    keyring.promote("ES256", force=True)
    token = keyring.sign(claims(), typ=TYPE, alg="ES256")
    key = ECKey.import_key(next(jwk for jwk in keyring.published() if jwk["alg"] == "ES256"))
    assert jws.deserialize_compact(token, key).payload
    message, _, signature = token.rpartition(".")
    for bent in ("", "AAAA", signature + "AAAA", encode(b"\x00" * 64)):
        check_refused(f"{message}.{bent}")
