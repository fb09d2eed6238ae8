"""The issuer's keys as an API keeps them: rotation costs no token, an outage neither, a storm hardly a request."""

import threading
import time

import httpx
import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from idp.keyring import service as keyring
from idp.resource import InvalidToken, IssuerUnreachable, Verifier
from idp.resource.keys import import_keys
from tests.arrange import part
from tests.resource.conftest import ISSUER, ORDERS, bearer
from tests.resource.test_rfc9068_verifier import signed_by


class Time:
    """The kit's own watch, moved by hand."""

    def __init__(self) -> None:
        self.moment = 1000.0

    def monotonic(self):
        return self.moment

    time = staticmethod(time.time)


@pytest.fixture
def watch(monkeypatch):
    found = Time()
    for module in ("keys", "issuer"):
        monkeypatch.setattr(f"idp.resource.{module}.time", found)
    return found


def invented(number):
    header = {"alg": "RS256", "typ": "at+jwt", "kid": f"invented-{number}"}
    return signed_by(KEY, header, {"iss": ISSUER})


KEY = RSAKey.generate_key(2048)


def test_many_tokens_ask_for_the_keys_once(verifier, signed, wire):
    for _number in range(20):
        verifier.verify(bearer(signed()))
    assert wire.asked == {"/.well-known/oauth-authorization-server": 1, "/oauth/jwks": 1}


def test_openid_discovery_does_where_the_other_is_not_there(verifier, signed, wire):
    wire.answers["/.well-known/oauth-authorization-server"] = httpx.Response(404)
    assert verifier.verify(bearer(signed()))
    assert wire.asked["/.well-known/openid-configuration"] == 1


def test_keys_rotate_without_a_failed_verification(verifier, signed, arrange, watch, wire):
    kids = set()
    for _round in range(3):
        arrange.run(keyring.prepare_next)
        watch.moment += 900
        for _number in range(3):
            token = signed()
            kids.add(part(token, 0)["kid"])
            assert verifier.verify(bearer(token))
        before = signed()
        arrange.run(keyring.promote, force=True)
        after = signed()
        assert verifier.verify(bearer(after))
        assert verifier.verify(bearer(before))
        kids.add(part(after, 0)["kid"])
    assert len(kids) == 4
    assert wire.keys_read <= 4


def test_a_key_that_signs_without_notice_is_found_at_once(verifier, signed, arrange, watch):
    old = signed()
    assert verifier.verify(bearer(old))
    watch.moment += 31
    arrange.run(keyring.rotate, emergency=True)
    assert verifier.verify(bearer(signed()))
    with pytest.raises(InvalidToken):
        verifier.verify(bearer(old))


def test_a_withdrawn_key_ends_with_the_lifetime_of_the_cache(verifier, signed, arrange, watch):
    old = signed()
    assert verifier.verify(bearer(old))
    arrange.run(keyring.rotate, emergency=True)
    watch.moment += 601
    with pytest.raises(InvalidToken):
        verifier.verify(bearer(old))


def test_tokens_stay_good_while_the_issuer_is_down_but_not_for_ever(verifier, signed, watch, wire):
    assert verifier.verify(bearer(signed()))
    wire.cut = True
    for _hour in range(23):
        watch.moment += 3600
        assert verifier.verify(bearer(signed()))
    watch.moment += 3600
    with pytest.raises(IssuerUnreachable):
        verifier.verify(bearer(signed()))
    watch.moment += 31
    wire.cut = False
    assert verifier.verify(bearer(signed()))


def test_nobody_is_let_in_before_the_issuer_has_ever_answered(verifier, signed, watch, wire):
    wire.cut = True
    for _number in range(10):
        with pytest.raises(IssuerUnreachable):
            verifier.verify(bearer(signed()))
    assert sum(wire.asked.values()) == 2, "both places of the metadata, once"
    watch.moment += 2
    wire.cut = False
    assert verifier.verify(bearer(signed()))


def test_an_outage_is_not_told_as_a_bad_token(verifier, signed, watch, wire):
    assert verifier.verify(bearer(signed()))
    watch.moment += 31
    wire.cut = True
    with pytest.raises(IssuerUnreachable):
        verifier.verify(bearer(invented(1)))


def test_a_storm_of_invented_keys_asks_once_an_interval(verifier, signed, watch, wire):
    assert verifier.verify(bearer(signed()))
    for interval in range(1, 4):
        watch.moment += 31
        for number in range(50):
            with pytest.raises(InvalidToken):
                verifier.verify(bearer(invented(number)))
        assert wire.keys_read == 1 + interval
        assert verifier.verify(bearer(signed())), "the storm is nobody else's weather"


def test_a_storm_of_threads_asks_once(verifier, signed, wire):
    token, found = signed(), []
    threads = [threading.Thread(target=lambda: found.append(verifier.verify(bearer(token)))) for _number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 12
    assert wire.keys_read == 1


def test_metadata_of_another_issuer_is_refused(verifier, signed, wire):
    wire.answers["/.well-known/oauth-authorization-server"] = httpx.Response(
        200, json={"issuer": "https://evil.example", "jwks_uri": "https://evil.example/jwks"}
    )
    with pytest.raises(IssuerUnreachable):
        verifier.verify(bearer(signed()))


@pytest.mark.parametrize("address", [None, 7, "http://id.example.com/oauth/jwks", "file:///etc/passwd", "https://[bad"])
def test_keys_come_by_https_alone(verifier, signed, wire, address):
    wire.answers["/.well-known/oauth-authorization-server"] = httpx.Response(
        200, json={"issuer": ISSUER, "jwks_uri": address}
    )
    with pytest.raises(IssuerUnreachable):
        verifier.verify(bearer(signed()))
    assert not wire.keys_read


@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 500}, {"status_code": 302, "headers": {"Location": "https://evil.example/jwks"}},
        {"status_code": 200, "text": "<html>"}, {"status_code": 200, "json": []}, {"status_code": 200, "json": {"keys": {}}},
    ],
)  # fmt: skip
def test_an_answer_that_holds_no_keys_changes_nothing(verifier, signed, watch, wire, answer):
    assert verifier.verify(bearer(signed()))
    wire.answers["/oauth/jwks"] = httpx.Response(**answer)
    watch.moment += 700
    assert verifier.verify(bearer(signed()))


def test_an_issuer_that_has_withdrawn_every_key_is_believed(verifier, signed, watch, wire):
    assert verifier.verify(bearer(signed()))
    wire.answers["/oauth/jwks"] = httpx.Response(200, json={"keys": []})
    watch.moment += 700
    with pytest.raises(InvalidToken):
        verifier.verify(bearer(signed()))


def test_only_public_rsa_keys_that_sign_come_in():
    good = RSAKey.generate_key(2048).as_dict(private=False)
    others = [
        OctKey.generate_key(256).as_dict(private=True), ECKey.generate_key("P-256").as_dict(private=False),
        {**good, "use": "enc"}, {**good, "alg": "PS256"}, {**good, "n": "AQAB"}, {"kty": "RSA"}, "x", None, {**good, "n": 1},
    ]  # fmt: skip
    named = [{**each, "kid": str(number)} if isinstance(each, dict) else each for number, each in enumerate(others)]
    found = import_keys({"keys": [*named, {**good, "kid": ""}, {**good, "kid": "good"}]})
    assert set(found) == {"good"}


@pytest.mark.slow
def test_a_real_server_that_was_killed_is_not_missed(live, arrange):
    server = live()
    client_id, secret = server.factory.client_with_secret(
        type="machine", redirect_uris=[], post_logout_redirect_uris=[]
    )
    answer = httpx.post(
        f"{server.issuer}/oauth/token",
        auth=(client_id, secret),
        data={"grant_type": "client_credentials"},
        trust_env=False,
    )
    header = bearer(answer.json()["access_token"])
    with httpx.Client(trust_env=False) as http:
        verifier = Verifier(server.issuer, server.issuer, http=http)
        assert verifier.verify(header).subject == client_id
        server.kill()
        assert verifier.verify(header).client_id == client_id
        with pytest.raises(IssuerUnreachable):
            Verifier(server.issuer, ORDERS, http=http).verify(header)
