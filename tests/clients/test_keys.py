"""A client's fetched keys: asked for seldom, kept while their address is silent, never anything but public keys."""

import json
import threading
import time

import pytest
from joserfc.jwk import ECKey, OctKey

from idp.clients import keys
from idp.core import fetch

URI = "https://rp.example.com/jwks"
KEYS = [ECKey.generate_key("P-256", auto_kid=True) for _number in range(3)]
PUBLIC = [key.as_dict(private=False) for key in KEYS]


class Address:
    """What the client's address answers."""

    def __init__(self) -> None:
        self.asked, self.answer, self.pause = [], PUBLIC[:1], 0

    def __call__(self, url):
        self.asked.append(url)
        time.sleep(self.pause)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, bytes) else json.dumps({"keys": self.answer}).encode()


@pytest.fixture
def address(context, monkeypatch, clock):
    address = Address()
    monkeypatch.setattr(fetch, "fetch", address)
    monkeypatch.setattr(keys, "_addresses", type(keys._addresses)())
    return address


def found(kid=None, uri=URI):
    return [jwk["kid"] for jwk in keys.public_keys(None, uri, kid=kid)]


def test_keys_are_fetched_once_and_kept_a_while(address, clock):
    assert [found() for _turn in range(5)] == [[KEYS[0].kid]] * 5
    assert address.asked == [URI]
    clock.advance(keys.FRESH + 1)
    address.answer = PUBLIC[1:2]
    assert found() == [KEYS[1].kid]
    assert len(address.asked) == 2


def test_a_new_key_is_found_without_a_storm_of_questions(address, clock):
    assert found(KEYS[0].kid) == [KEYS[0].kid]
    address.answer = PUBLIC[:2]
    assert found(KEYS[1].kid) == [KEYS[0].kid]
    clock.advance(keys.RETRY + 1)
    assert found(KEYS[1].kid) == [KEYS[0].kid, KEYS[1].kid]
    for number in range(100):
        found(f"unknown-{number}")
    assert len(address.asked) == 2


def test_keys_that_are_known_outlive_a_silent_address_for_a_day(address, clock):
    assert found()
    address.answer = fetch.FetchError("down")
    clock.advance(keys.FRESH + 1)
    assert found() == [KEYS[0].kid]
    assert [found() for _turn in range(20)][-1] == [KEYS[0].kid]
    assert len(address.asked) == 2
    clock.advance(keys.STALE)
    assert found() == []


def test_a_silent_address_is_not_asked_again_at_once(address, clock):
    address.answer = fetch.FetchError("down")
    assert [found() for _turn in range(20)] == [[]] * 20
    assert len(address.asked) == 1
    address.answer = PUBLIC[:1]
    clock.advance(keys.RETRY + 1)
    assert found() == [KEYS[0].kid]


@pytest.mark.parametrize("answer", [
    b"", b"{", b"[]", b"null", b"7", b'{"keys": {}}', b'{"keys": "x"}', b'{"keyz": []}', b"\xff\xfe", b"<html>",
    b'{"keys": [7, null, "x", {}, []]}', b'{"keys": []}', b"[" * 50_000,
], ids=repr)  # fmt: skip
def test_answers_that_are_no_keys_give_none(address, answer):
    address.answer = answer
    assert found() == []
    assert found() == []
    assert len(address.asked) == 1


def test_only_public_signing_keys_are_taken_out_of_an_answer(address):
    address.answer = [
        KEYS[0].as_dict(private=True), OctKey.generate_key(256).as_dict(private=True), {**PUBLIC[1], "use": "enc"},
        {"kty": "RSA", "n": "u" * 86, "e": "AQAB", "kid": "short"}, PUBLIC[2],
    ]  # fmt: skip
    assert found() == [KEYS[2].kid]


def test_no_more_than_twenty_keys_are_looked_at(address):
    address.answer = [{**PUBLIC[0], "kid": str(number)} for number in range(500)]
    assert len(found()) == 20


def test_dc07_the_number_of_remembered_addresses_is_bounded(address, monkeypatch):
    monkeypatch.setattr(keys, "_MOST_ADDRESSES", 10)
    for number in range(100):
        found(uri=f"{URI}/{number}")
    assert len(keys._addresses) == 10


def in_threads(count, function):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(function())) for _number in range(count)]
    for thread in threads:
        thread.start()
    return threads, answers


def test_f15_one_thread_asks_and_the_others_wait_for_it(address):
    address.pause = 0.3
    threads, answers = in_threads(8, found)
    for thread in threads:
        thread.join()
    assert answers == [[KEYS[0].kid]] * 8
    assert len(address.asked) == 1


def test_f15_a_hanging_address_holds_nobody_who_knows_its_keys(address, clock):
    assert found()
    clock.advance(keys.FRESH + 1)
    address.pause = 3.0
    (thread,), _answers = in_threads(1, found)
    time.sleep(0.1)
    start = time.monotonic()
    assert found() == [KEYS[0].kid]
    assert time.monotonic() - start < 2
    thread.join()


def test_f15_a_hanging_address_holds_the_others_for_a_bounded_time(address, monkeypatch):
    monkeypatch.setattr(keys, "_WAIT", 0.2)
    address.pause = 3.0
    (thread,), _answers = in_threads(1, found)
    time.sleep(0.1)
    start = time.monotonic()
    assert found() == []
    assert time.monotonic() - start < 2
    thread.join()


def test_registered_keys_are_never_asked_for(address):
    assert keys.public_keys({"keys": [PUBLIC[0], {**PUBLIC[1], "use": "enc"}]}, None) == [PUBLIC[0]]
    assert keys.public_keys(None, None) == []
    assert address.asked == []
