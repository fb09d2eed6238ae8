"""AZ-18 to AZ-21: forged forms, framing, silent consent of apps that anyone can pretend to be."""

import pytest
from sqlalchemy import func, select

from idp.oauth.authorize.models import Consent
from idp.oauth.tokens.models import AuthorizationCode
from tests.actors import Browser, RelyingParty
from tests.factories import PASSWORD
from tests.oauth.front import answer, app_is_told, signed_in

LOOPBACK, PRIVATE = "http://127.0.0.1/callback", "com.example.app:/callback"


def count(arrange, model):
    return arrange.rows(select(func.count()).select_from(model))[0][0]


@pytest.mark.parametrize("token", [None, "", "x" * 64, "foreign", "stale"])
def test_az18_decision_without_the_right_token_changes_nothing(app, rp, browser, factory, arrange, token):
    signed_in(browser, factory)
    browser.get(rp.authorize_url())
    address, fields = browser.url, {**browser.form("decision").fields, "decision": "allow"}
    if token == "foreign":
        other = Browser(app)
        signed_in(other, factory, "mallory@example.com")
        other.get("/logout")
        token = other.form("decision").fields["csrf_token"]
    elif token == "stale":
        token = fields["csrf_token"]
        browser.get("/logout")
        browser.submit("decision", "sign_out")
        browser.sign_in("alice@example.com")
    fields["csrf_token"] = token
    browser.post(address, {name: value for name, value in fields.items() if value is not None})
    assert browser.status == 403
    assert browser.left_for is None
    assert count(arrange, Consent) == count(arrange, AuthorizationCode) == 0


@pytest.mark.parametrize("token", [None, "x" * 64])
def test_az18_sign_out_without_the_right_token_changes_nothing(browser, factory, token):
    signed_in(browser, factory)
    response = browser.http.post("/logout", data={"decision": "sign_out", **({"csrf_token": token} if token else {})})
    assert response.status_code == 403
    assert browser.http.get("/account").status_code == 200


def test_az18_no_get_decides(rp, browser, factory, arrange):
    signed_in(browser, factory)
    browser.get(rp.authorize_url())
    token = browser.form("decision").fields["csrf_token"]
    browser.get(f"{browser.url}?decision=allow&csrf_token={token}")
    browser.get(f"/logout?decision=sign_out&csrf_token={token}")
    assert count(arrange, Consent) == count(arrange, AuthorizationCode) == 0
    assert browser.http.get("/account").status_code == 200


def test_az18_authorization_posted_from_elsewhere_gives_nothing_without_a_page(rp, browser, factory, arrange):
    """The endpoint takes forms of other sites; a person who has not consented still decides on our page."""
    signed_in(browser, factory)
    browser.post(
        "/oauth/authorize", dict(pair.split("=", 1) for pair in rp.authorize_url().partition("?")[2].split("&"))
    )
    assert count(arrange, AuthorizationCode) == 0


def test_az19_pages_cannot_be_framed_and_tell_nothing_to_others(rp, browser, factory):
    factory.user("alice@example.com")
    pages = []
    browser.get(rp.authorize_url())
    pages.append(browser.response)
    browser.submit("identifier", identifier="alice@example.com", password=PASSWORD)
    pages.append(browser.response)
    browser.get(rp.authorize_url(redirect_uri="https://evil.example"))
    pages.append(browser.response)
    browser.get(rp.authorize_url(response_mode="form_post", scope="unheard-of"))
    pages.append(browser.response)
    for path in ("/logout", "/logout/done", "/account/apps"):
        browser.get(path)
        pages.append(browser.response)
    for page in pages:
        assert page.mimetype == "text/html"
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        assert 'src="http' not in page.get_data(as_text=True)


def test_az19_redirects_that_carry_a_code_are_not_kept_and_tell_no_referrer(rp, browser, factory):
    signed_in(browser, factory)
    rp.authorize(browser)
    assert browser.response.status_code == 303
    assert browser.response.headers["Cache-Control"] == "no-store"
    assert browser.response.headers["Referrer-Policy"] == "no-referrer"


def test_az19_form_action_is_no_wider_than_the_request(rp, browser, factory):
    signed_in(browser, factory)
    browser.get(rp.authorize_url())
    policy = browser.response.headers["Content-Security-Policy"]
    assert "form-action 'self' https://rp.example.com;" in policy


@pytest.mark.parametrize("uri", [LOOPBACK, PRIVATE])
def test_az20_app_that_cannot_prove_itself_is_asked_about_every_time(app, browser, factory, uri):
    rp = RelyingParty(app, factory.public_client(type="native", redirect_uris=[uri]), redirect_uri=uri)
    signed_in(browser, factory)
    rp.authorize(browser)
    browser.left_for = None
    browser.get(rp.authorize_url())
    assert browser.path.startswith("/consent/")
    response = browser.http.get(rp.authorize_url(prompt="none"))
    assert response.headers["Location"].startswith(uri + "?error=consent_required")


def test_az20_public_app_at_an_https_address_is_remembered(app, browser, factory):
    rp = RelyingParty(app, factory.public_client())
    signed_in(browser, factory)
    rp.authorize(browser)
    assert answer(browser.http.get(rp.authorize_url()))["code"]


def test_az20_confidential_app_on_loopback_is_remembered(app, browser, factory):
    rp = RelyingParty(app, *factory.client_with_secret(redirect_uris=[LOOPBACK]), redirect_uri=LOOPBACK)
    signed_in(browser, factory)
    rp.authorize(browser)
    assert browser.http.get(rp.authorize_url()).headers["Location"].startswith(LOOPBACK + "?code=")


@pytest.mark.parametrize("flow", ["//evil.example", "/\\evil.example", "https:evil", "%2f%2fevil.example", "0" * 26])
def test_az21_flow_that_is_none_leads_nowhere(browser, factory, flow):
    signed_in(browser, factory)
    for path in (f"/oauth/authorize/{flow}", f"/consent/{flow}", f"/logout?flow={flow}"):
        browser.get(path)
        assert browser.status in {404, 410}, path
        assert browser.left_for is None


def test_az18_prompt_none_is_no_way_around_the_decision(rp, browser, factory):
    signed_in(browser, factory)
    rp.authorize(browser, decision="deny")
    app_is_told(browser.http.get(rp.authorize_url(prompt="none")), "consent_required")
