"""OpenID Connect Back-Channel Logout 1.0: every app that was used in a session hears of its end from us."""

import http.server
import threading
import time
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from idp.audit.models import Event
from idp.clients import service as clients
from idp.core.db import db
from idp.keyring import service as keyring
from idp.oauth.logout import backchannel
from idp.outbox import service as outbox
from idp.outbox.models import Delivery
from tests.actors import Browser, RelyingParty
from tests.services import test_client

ALICE = "alice@example.com"


class Receiver:
    """The app's logout endpoint: keeps what it was sent, and answers as it is told."""

    def __init__(self) -> None:
        self.bodies, self.status, self.seconds = [], 200, 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                time.sleep(receiver.seconds)
                receiver.bodies.append((self.headers["Content-Type"], body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/logout"

    def tokens(self):
        return [parse_qs(body)["logout_token"][0] for _kind, body in self.bodies]


@pytest.fixture
def receiver():
    receiver = Receiver()
    threading.Thread(target=receiver.server.serve_forever, daemon=True).start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def near(make_app):
    """A server that may call this machine."""
    return make_app(dev={"fetch_loopback": True})


@pytest.fixture
def rp(near, factory, receiver):
    return RelyingParty(near, *factory.client_with_secret(metadata_={"backchannel_logout_uri": receiver.address}))


@pytest.fixture
def browser(near, factory):
    factory.user(ALICE)
    return Browser(near)


def sign_out(browser):
    browser.get("/logout")
    browser.submit("decision", "sign_out")


def deliver(app):
    with app.app_context():
        return outbox.deliver_calls()


def outcome(app):
    with app.app_context():
        return db.session.execute(select(Delivery.outcome).where(Delivery.kind == "logout")).scalars().all()


def test_lo05_the_app_is_told_with_a_token_of_the_right_shape(near, rp, browser, receiver):
    tokens = rp.sign_in(browser, ALICE)
    sign_out(browser)
    assert receiver.bodies == []
    assert deliver(near) == 1
    ((kind, _body),) = receiver.bodies
    assert kind == "application/x-www-form-urlencoded"
    with near.app_context():
        claims = keyring.verify(receiver.tokens()[0], types={"logout+jwt"})
        before = keyring.verify(tokens["id_token"], types={"JWT"})
    assert (claims["iss"], claims["aud"], claims["sub"]) == (
        near.extensions["idp.settings"].issuer,
        rp.client_id,
        before["sub"],
    )
    assert claims["sid"] == before["sid"]
    assert claims["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert 0 < claims["exp"] - claims["iat"] <= 120
    assert claims["jti"]
    assert "nonce" not in claims
    assert outcome(near) == ["delivered"]


def test_lo05_a_logout_token_is_no_other_token(near, rp, browser, receiver):
    rp.sign_in(browser, ALICE)
    sign_out(browser)
    deliver(near)
    (token,) = receiver.tokens()
    assert rp.userinfo(token).status_code == 401
    assert rp.introspect(token) == {"active": False}
    browser.left_for = None
    browser.get(f"/oauth/end_session?id_token_hint={token}")
    assert browser.left_for is None


def test_lo05_only_apps_that_were_used_and_have_an_address_are_told(near, rp, browser, receiver, factory):
    RelyingParty(near, *factory.client_with_secret("Unused", metadata_={"backchannel_logout_uri": receiver.address}))
    silent = RelyingParty(near, *factory.client_with_secret("Silent"))
    rp.sign_in(browser, ALICE)
    silent.sign_in(browser, ALICE)
    sign_out(browser)
    assert deliver(near) == 1


def test_lo05_an_app_that_fails_is_told_again_and_in_the_end_it_is_recorded(near, rp, browser, receiver, arrange):
    rp.sign_in(browser, ALICE)
    receiver.status = 503
    sign_out(browser)
    assert deliver(near) == 1
    assert outcome(near) == [None]
    receiver.status = 204
    arrange.execute(Delivery.__table__.update().values(due_at=Delivery.created_at))
    assert deliver(near) == 1
    assert outcome(near) == ["delivered"]
    assert len(set(receiver.tokens())) == 2


def test_lo05_what_was_given_up_is_in_the_trail_and_can_be_sent_again(near, rp, browser, receiver, arrange):
    rp.sign_in(browser, ALICE)
    receiver.status = 500
    sign_out(browser)
    long_ago = Delivery.created_at
    arrange.execute(Delivery.__table__.update().values(attempts=9, expires_at=None, due_at=long_ago))
    with near.app_context():
        (delivery_id,) = db.session.execute(select(Delivery.id).where(Delivery.kind == "logout")).scalars()
        job = outbox._claim(Delivery.kind == "logout")
        outbox._give_up(job, "it never answered")
        assert db.session.query(Event).filter(Event.tag == "logout.given_up").count() == 1
    assert outcome(near) == ["dead"]
    receiver.status = 200
    with near.app_context():
        assert outbox.retry(delivery_id, kind="logout") == f"client:{rp.client_id}"
        assert outbox.retry(delivery_id, kind="mail") is None
    assert deliver(near) == 1
    assert outcome(near) == ["delivered"]


def test_lo05_signing_out_waits_for_nobody_and_slow_apps_hold_up_no_mail(near, rp, browser, receiver, monkeypatch):
    rp.sign_in(browser, ALICE)
    receiver.seconds = 2
    sent = []
    monkeypatch.setitem(outbox._handlers, "test", lambda payload, _id: sent.append(payload))
    start = time.monotonic()
    sign_out(browser)
    assert time.monotonic() - start < 1.5
    slow = threading.Thread(target=deliver, args=(near,))
    slow.start()
    with near.app_context():
        outbox.enqueue("test", {"a": "mail"})
        assert outbox.deliver_due() == 1
    assert sent == [{"a": "mail"}]
    assert slow.is_alive()
    slow.join()
    assert len(receiver.bodies) == 1


def test_dc05_an_address_of_our_own_network_is_never_called(app, factory, receiver):
    rp = RelyingParty(app, *factory.client_with_secret(metadata_={"backchannel_logout_uri": receiver.address}))
    browser = Browser(app)
    factory.user(ALICE)
    rp.sign_in(browser, ALICE)
    sign_out(browser)
    assert deliver(app) == 1
    assert receiver.bodies == []
    assert outcome(app) == [None]


def test_an_app_that_was_turned_off_meanwhile_is_not_called(near, rp, browser, receiver, arrange):
    rp.sign_in(browser, ALICE)
    sign_out(browser)
    arrange.run(clients.disable_client, rp.client_id)
    deliver(near)
    assert receiver.bodies == []


def test_the_feature_turned_off_is_silent(make_app, factory, receiver):
    quiet = make_app(dev={"fetch_loopback": True}, features={"backchannel_logout": "off"})
    rp = RelyingParty(quiet, *factory.client_with_secret(metadata_={"backchannel_logout_uri": receiver.address}))
    factory.user(ALICE)
    browser = Browser(quiet)
    rp.sign_in(browser, ALICE)
    sign_out(browser)
    assert outcome(quiet) == []
    assert "backchannel_logout_supported" not in test_client(quiet).get("/.well-known/openid-configuration").json


def test_discovery_says_so(client):
    document = client.get("/.well-known/openid-configuration").json
    assert document["backchannel_logout_supported"] is True
    assert document["backchannel_logout_session_supported"] is True
    assert backchannel.LIFETIME <= 120
