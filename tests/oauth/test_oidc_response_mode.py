"""response_mode: OAuth 2.0 Multiple Response Types §2.1, OAuth 2.0 Form Post Response Mode."""

from urllib.parse import urlsplit

import pytest

from tests.actors import RelyingParty
from tests.oauth.front import ISSUER, app_is_told, signed_in
from tests.services import test_client

REDIRECT = "https://rp.example.com/callback"


def form_of(browser):
    """The form the browser will post to the app."""
    assert browser.status == 200
    form = browser.form("iss")
    assert form.action == REDIRECT
    return form


def test_default_is_the_query(rp, browser, factory):
    signed_in(browser, factory)
    rp.authorize(browser)
    assert urlsplit(browser.left_for).query
    assert not urlsplit(browser.left_for).fragment


def test_fragment_when_asked(rp, browser, factory):
    signed_in(browser, factory)
    told = rp.authorize(browser, response_mode="fragment")
    assert not urlsplit(browser.left_for).query
    assert rp.redeem(told["code"]).status_code == 200


def test_form_post_brings_the_answer_in_a_form_and_only_there(rp, browser, factory):
    signed_in(browser, factory)
    browser.get(rp.authorize_url(response_mode="form_post"))
    browser.submit("decision", "allow")
    fields = form_of(browser).fields
    assert {"code", "state", "iss"} <= fields.keys()
    assert "csrf_token" not in fields
    assert rp.redeem(fields["code"]).status_code == 200
    assert "form-action 'self' https://rp.example.com;" in browser.response.headers["Content-Security-Policy"] + ";"
    assert browser.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("state", ['a b&c"<x>', "</form><script>alert(1)</script>", "é✓ +%20", "'"])
def test_form_post_gives_the_state_back_unchanged(rp, browser, factory, state):
    signed_in(browser, factory)
    browser.get(rp.authorize_url(response_mode="form_post", state=state))
    browser.submit("decision", "allow")
    assert form_of(browser).fields["state"] == state
    assert "<script>alert" not in browser.text


@pytest.mark.parametrize("mode", ["query", "fragment"])
def test_state_comes_back_unchanged_by_redirect(rp, browser, factory, mode):
    signed_in(browser, factory)
    state = 'é✓ +%20&=#"<x>'
    assert rp.authorize(browser, response_mode=mode, state=state)["state"] == state


def test_errors_are_posted_too(rp, browser):
    browser.get(rp.authorize_url(response_mode="form_post", scope="unheard-of"))
    fields = form_of(browser).fields
    assert fields["error"] == "invalid_scope"
    assert fields["state"] == "st-1"
    assert fields["iss"] == ISSUER


@pytest.mark.parametrize("mode", ["jwt", "query.jwt", "web_message", "none", "QUERY", "form_post.jwt"])
def test_unknown_mode_is_refused_in_the_default_one(rp, client, mode):
    app_is_told(client.get(rp.authorize_url(response_mode=mode)), "invalid_request")


def test_form_cannot_be_posted_to_an_app_of_a_device(app, factory, client):
    uri = "com.example.app:/callback"
    rp = RelyingParty(app, factory.public_client(type="native", redirect_uris=[uri]), redirect_uri=uri)
    response = client.get(rp.authorize_url(response_mode="form_post"))
    assert response.status_code == 303
    assert response.headers["Location"].startswith(uri + "?error=invalid_request")


def test_form_post_that_is_off_is_unknown_and_not_in_discovery(make_app, factory):
    without = make_app(features={"form_post": False})
    http = test_client(without)
    rp = RelyingParty(without, *factory.client_with_secret())
    app_is_told(http.get(rp.authorize_url(response_mode="form_post")), "invalid_request")
    assert http.get("/.well-known/openid-configuration").json["response_modes_supported"] == ["query", "fragment"]
