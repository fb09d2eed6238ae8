"""LO-04: nobody is signed out, or sent anywhere, by a request that does not prove itself."""

from urllib.parse import urlencode

import pytest

from idp.core.clock import timestamp
from idp.keyring import service as keyring
from tests.actors import RelyingParty
from tests.oauth.front import is_at
from tests.services import test_client

RETURN = "https://rp.example.com/signed-out"


@pytest.fixture
def alice(rp, browser, factory):
    factory.user("alice@example.com")
    tokens = rp.sign_in(browser, "alice@example.com")
    browser.left_for = None
    return tokens


def asks_and_stays(browser, **parameters):
    """Check that the person is asked, is still signed in, and is not sent away even when they say yes."""
    browser.get("/oauth/end_session?" + urlencode(parameters, doseq=True))
    assert is_at(browser, "/logout")
    assert browser.http.get("/account").status_code == 200
    browser.submit("decision", "sign_out")
    assert browser.left_for is None
    assert browser.status == 200


def test_lo04_request_without_a_hint_asks(browser, alice):
    asks_and_stays(browser)


def test_lo04_address_alone_is_no_reason_to_go_there(browser, alice):
    asks_and_stays(browser, post_logout_redirect_uri=RETURN)


@pytest.mark.parametrize(
    "uri", ["https://evil.example", RETURN + "/", RETURN + "?x=1", "javascript:alert(1)", "//evil.example", ""]
)
def test_lo04_address_that_is_not_registered_is_not_gone_to(browser, alice, uri):
    asks_and_stays(browser, id_token_hint=alice["id_token"], post_logout_redirect_uri=uri)


@pytest.mark.parametrize("spoil", [lambda t: t[:-6] + "AAAAAA", lambda t: "x", lambda t: t.rsplit(".", 1)[0] + "."])
def test_lo04_hint_with_a_bad_signature_is_no_hint(browser, alice, spoil):
    asks_and_stays(browser, id_token_hint=spoil(alice["id_token"]), post_logout_redirect_uri=RETURN)


def test_lo04_access_token_is_no_hint(browser, alice):
    asks_and_stays(browser, id_token_hint=alice["access_token"], post_logout_redirect_uri=RETURN)


def test_lo04_hint_of_another_issuer_is_no_hint(rp, browser, alice, arrange):
    claims = {"iss": "https://other.example", "sub": "x", "aud": rp.client_id, "exp": timestamp() + 60}
    token = arrange.run(keyring.sign, claims, typ="JWT")
    asks_and_stays(browser, id_token_hint=token, post_logout_redirect_uri=RETURN)


def test_lo04_client_id_that_differs_from_the_hints_audience_is_refused(app, browser, alice, factory):
    other = RelyingParty(app, *factory.client_with_secret(name="Other"))
    asks_and_stays(browser, id_token_hint=alice["id_token"], client_id=other.client_id, post_logout_redirect_uri=RETURN)


def test_lo04_address_of_another_client_is_not_gone_to(app, browser, alice, factory):
    uri = "https://other.example/out"
    factory.client_with_secret(name="Other", post_logout_redirect_uris=[uri])
    asks_and_stays(browser, id_token_hint=alice["id_token"], post_logout_redirect_uri=uri)


@pytest.mark.parametrize("name", ["id_token_hint", "post_logout_redirect_uri", "client_id", "state"])
def test_lo04_repeated_parameters_make_a_request_that_proves_nothing(browser, alice, name):
    values = {"id_token_hint": alice["id_token"], "post_logout_redirect_uri": RETURN, "state": "s", "client_id": "x"}
    asks_and_stays(browser, **{**values, name: [values[name], values[name]]})


def test_lo04_form_of_another_site_signs_nobody_out(app, browser, alice):
    """Such a form comes without our cookies, and is sent around to come with them; then it is like any other."""
    foreign = test_client(app)
    response = foreign.post("/oauth/end_session", data={"client_id": "x"})
    assert response.status_code == 303
    assert response.headers["Location"] == "/oauth/end_session?client_id=x"
    assert browser.http.get("/account").status_code == 200
    browser.post("/oauth/end_session", {})
    assert is_at(browser, "/logout")
    assert browser.http.get("/account").status_code == 200
