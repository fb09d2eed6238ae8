"""Signing in on a device: RFC 8628, with the rows DV-01, DV-02 and DV-06."""

import re

import pytest

from idp.accounts.lifecycle import states
from idp.core.db import db
from idp.oauth.device import service
from idp.oauth.device.models import DeviceCode
from tests.actors import Browser, RelyingParty
from tests.arrange import part, refused
from tests.factories import PASSWORD

ALICE, BOB = "alice@example.com", "bob@example.com"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"
SCOPE = "openid email offline_access"


class Device(RelyingParty):
    """A television: shows a code and asks."""

    def start(self, **form):
        response = self.call("/oauth/device_authorization", **{"scope": SCOPE, **form})
        self.answer = response.json
        return response

    def ask(self, **form):
        return self.token(grant_type=GRANT, **{"device_code": self.answer["device_code"], **form})


@pytest.fixture
def device(app, factory):
    device = Device(app, factory.public_client(
        type="device", redirect_uris=[], post_logout_redirect_uris=[], name="Demo TV",
    ))  # fmt: skip
    device.start()
    return device


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def type_code(browser, code):
    browser.get("/device")
    browser.submit("user_code", user_code=code)


def come_to_confirm(browser, device, email=ALICE):
    type_code(browser, device.answer["user_code"])
    assert browser.path == "/login", browser.text
    browser.submit("identifier", identifier=email, password=PASSWORD)
    assert browser.path.startswith("/device/confirm/"), browser.text


def connect(browser, device, decision="allow", email=ALICE):
    come_to_confirm(browser, device, email)
    browser.submit("decision", decision, decision=decision)


def test_a_device_gets_its_codes_and_where_to_send_the_person(device):
    answer = device.answer
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}", answer["user_code"])
    assert len(answer["device_code"]) >= 43
    assert (answer["expires_in"], answer["interval"]) == (600, 5)
    assert answer["verification_uri"] == "https://id.example.com/device"
    assert answer["verification_uri_complete"] == f"https://id.example.com/device?user_code={answer['user_code']}"


def test_both_codes_are_kept_as_digests_only(app, device):
    with app.app_context():
        row = db.session.query(DeviceCode).one()
        kept = str({column.name: getattr(row, column.key) for column in DeviceCode.__table__.columns})
    assert device.answer["device_code"] not in kept
    assert device.answer["user_code"] not in kept


def test_discovery_tells_of_it(client):
    document = client.get("/.well-known/openid-configuration").json
    assert document["device_authorization_endpoint"] == "https://id.example.com/oauth/device_authorization"
    assert GRANT in document["grant_types_supported"]


def test_turned_off_it_is_not_there(make_app):
    client = make_app(features={"device_flow": False}).test_client()
    for path in ("/oauth/device_authorization", "/device"):
        assert client.post(path, base_url="https://id.example.com").status_code in {404, 405}
    document = client.get("/.well-known/openid-configuration", base_url="https://id.example.com").json
    assert "device_authorization_endpoint" not in document


def test_a_person_connects_a_device_and_it_gets_tokens_once(app, device, browser, alice):
    refused(device.ask(), "authorization_pending")
    connect(browser, device)
    assert browser.path == "/device/done"
    response = device.ask()
    assert response.status_code == 200, response.json
    tokens = response.json
    claims = part(tokens["id_token"])
    assert (claims["sub"], claims["aud"], claims["acr"]) == (alice, device.client_id, "1")
    assert device.userinfo(tokens["access_token"]).json["email"] == ALICE
    assert device.refresh(tokens["refresh_token"]).status_code == 200
    refused(device.ask(), "invalid_grant")


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code[:2]}-{code[2:]} "]
)
def test_a_code_is_read_whatever_its_case_dashes_and_spaces(device, browser, write):
    type_code(browser, write(device.answer["user_code"]))
    assert browser.path == "/login"


def test_dv06_a_complete_address_fills_in_and_skips_nothing(device, browser, alice):
    browser.sign_in(ALICE)
    browser.get(device.answer["verification_uri_complete"])
    assert browser.path == "/device"
    assert f'value="{device.answer["user_code"]}"' in browser.text
    browser.submit("user_code")
    assert browser.path.startswith("/device/confirm/")
    for words in (device.answer["user_code"], "Demo TV", ALICE, "Nobody should send you this code."):
        assert words in browser.text
    refused(device.ask(), "authorization_pending")
    browser.post(browser.url, {"decision": "allow"})
    assert browser.status == 403
    refused(device.ask(), "slow_down")


def test_a_refusal_reaches_the_device(device, browser, alice):
    connect(browser, device, "deny")
    assert "not connected" in browser.text
    refused(device.ask(), "access_denied")


def test_dv02_another_client_an_unknown_code_and_an_expired_one(app, factory, device, browser, alice, clock):
    other = Device(app, factory.public_client(type="device", redirect_uris=[], post_logout_redirect_uris=[]))
    other.answer = device.answer
    refused(other.ask(), "invalid_grant")
    refused(device.ask(device_code="x" * 43), "invalid_grant")
    refused(device.ask(device_code=None), "invalid_request")
    connect(browser, device)
    clock.advance(601)
    refused(device.ask(), "expired_token")


def test_dv02_a_device_that_asks_too_often_has_to_wait_longer_each_time(app, device, clock):
    refused(device.ask(), "authorization_pending")
    clock.advance(1)
    refused(device.ask(), "slow_down")
    clock.advance(9)
    refused(device.ask(), "slow_down")
    clock.advance(15)
    refused(device.ask(), "authorization_pending")
    with app.app_context():
        assert db.session.query(DeviceCode).one().interval == 15


def test_dv01_a_browser_has_five_guesses_and_the_right_code_does_not_help_then(device, browser):
    for _guess in range(5):
        type_code(browser, "BBBB-BBBB")
        assert browser.status == 422
    type_code(browser, device.answer["user_code"])
    assert browser.status == 429
    assert int(browser.response.headers["Retry-After"]) > 0


def test_dv01_a_network_and_the_whole_house_have_their_guesses_too(app, device, monkeypatch):
    from dataclasses import replace

    from idp.limits import policy

    for name, number in (("DEVICE_CODE_NETWORK", 3), ("DEVICE_CODE_TOTAL", 3)):
        monkeypatch.setattr(service, name, replace(getattr(policy, name), tries=number))
        for _guess in range(3):
            type_code(Browser(app), "BBBB-BBBB")
        fresh = Browser(app)
        type_code(fresh, device.answer["user_code"])
        assert fresh.status == 429
        monkeypatch.undo()


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "BBBB-BBB", "B" * 5000, "\u0000BBBBBBBB", "İİİİ-İİİİ", "1234-5678"])
def test_wb03_nonsense_is_no_code(device, browser, code):
    type_code(browser, code)
    assert browser.status in {400, 422}


def test_two_people_and_one_code_the_first_decides(app, factory, device, alice):
    factory.user(BOB)
    first, second = Browser(app), Browser(app)
    come_to_confirm(first, device)
    come_to_confirm(second, device, BOB)
    first.submit("decision", "deny", decision="deny")
    second.submit("decision", "allow", decision="allow")
    assert second.status == 410
    assert "already used" in second.text
    refused(device.ask(), "access_denied")


def test_a_code_that_was_decided_is_not_typed_again(app, device, browser, alice):
    connect(browser, device)
    other = Browser(app)
    type_code(other, device.answer["user_code"])
    assert other.status == 410


@pytest.mark.parametrize("deed", ["disable", "lock"])
def test_lg05_a_device_approved_before_the_lock_gets_nothing(context, device, browser, alice, deed):
    connect(browser, device)
    getattr(states, deed)(alice)
    refused(device.ask(), "invalid_grant")


def test_a_device_gets_nothing_when_its_person_has_signed_out_meanwhile(device, browser, alice):
    connect(browser, device)
    browser.get("/logout")
    browser.submit("decision", "sign_out", decision="sign_out")
    refused(device.ask(), "invalid_grant")


def test_lg05_a_client_that_is_limited_to_a_role_is_closed_to_others(app, factory, alice, browser):
    device = Device(app, factory.public_client(
        type="device", redirect_uris=[], post_logout_redirect_uris=[], allowed_roles=["auditor"],
    ))  # fmt: skip
    device.start()
    type_code(browser, device.answer["user_code"])
    browser.submit("identifier", identifier=ALICE, password=PASSWORD)
    assert browser.status == 403
    refused(device.ask(), "authorization_pending")


def test_a_client_that_requires_a_second_step_gets_it_here_too(app, factory, alice, browser):
    seed = factory.totp(alice, on=False)
    device = Device(app, factory.public_client(
        type="device", redirect_uris=[], post_logout_redirect_uris=[], require_second_step=True,
    ))  # fmt: skip
    device.start()
    browser.sign_in(ALICE)
    type_code(browser, device.answer["user_code"])
    assert browser.path == "/login/verify"
    browser.submit("code", code=factory.code(seed))
    browser.submit("decision", "allow", decision="allow")
    assert part(device.ask().json["id_token"])["acr"] == "2"


def test_a_device_may_ask_only_for_what_it_is_registered_for(app, device, rp):
    refused(device.start(scope="nonsense"), "invalid_scope")
    refused(device.start(scope=None), "invalid_scope")
    refused(device.start(resource="https://unknown.example"), "invalid_target")
    web = Device(app, rp.client_id, rp.client_secret)
    refused(web.start(), "unauthorized_client")
    assert web.http.post("/oauth/device_authorization", data={"client_id": "nobody"}).status_code == 401
    assert device.http.get("/oauth/device_authorization").status_code == 405


def test_a_device_that_was_connected_is_a_connected_app_and_is_cut_off_there(device, browser, alice):
    connect(browser, device)
    tokens = device.ask().json
    browser.get("/account/apps")
    assert "Demo TV" in browser.text
    browser.get(f"/account/apps/{device.client_id}")
    browser.submit()
    refused(device.refresh(tokens["refresh_token"]), "invalid_grant")


def test_what_is_over_is_swept(app, device, clock):
    with app.app_context(), app.test_request_context():
        assert service.sweep() == 0
        clock.advance(600 + 3601)
        assert service.sweep() == 1
