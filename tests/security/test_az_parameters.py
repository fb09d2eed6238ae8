"""AZ-09 to AZ-14: repeated, mixed up, unsupported and hostile parameters."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from idp.core.clock import timestamp
from idp.keyring import service as keyring
from tests.actors import Browser, RelyingParty
from tests.arrange import part
from tests.factories import PASSWORD
from tests.oauth.front import ISSUER, answer, app_is_told, is_at, page_and_no_redirect, signed_in

TOLD = [
    "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt",
    "max_age", "request", "request_uri", "login_hint", "id_token_hint", "acr_values", "claims", "display", "ui_locales",
    "claims_locales", "something_unknown",
]  # fmt: skip
USUAL = {"prompt": "consent", "max_age": "60", "response_mode": "query"}


def twice(rp, name, second):
    address = rp.authorize_url()
    values = parse_qs(urlsplit(address).query)
    first = values.get(name, [USUAL.get(name, "x")])[0]
    added = {name: first if second == "same" else "other"}
    return f"{address}&{urlencode(added)}" + ("" if name in values else f"&{urlencode({name: first})}")


@pytest.mark.parametrize("second", ["same", "different"])
@pytest.mark.parametrize("name", TOLD)
def test_az09_parameter_given_twice_is_refused(rp, client, name, second):
    told = app_is_told(client.get(twice(rp, name, second)), "invalid_request", None if name == "state" else "st-1")
    assert told["error_description"] == "A parameter is given more than once."


@pytest.mark.parametrize("second", ["same", "different"])
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_az09_client_or_address_given_twice_gets_a_page(rp, client, name, second):
    page_and_no_redirect(client.get(twice(rp, name, second)))


def test_az09_resource_alone_may_repeat(rp, client):
    told = app_is_told(
        client.get(rp.authorize_url(resource=["https://a.example", "https://b.example"])), "invalid_target"
    )
    assert "resource" in told["error_description"]


def test_az10_address_and_form_are_never_merged(rp, client):
    """The form alone is read; what stands in the address of a POST is not there."""
    address = rp.authorize_url()
    query, fields = urlsplit(address).query, parse_qs(urlsplit(address).query)
    page_and_no_redirect(client.post(f"/oauth/authorize?{query}", data={}))
    fields.pop("client_id")
    page_and_no_redirect(client.post(f"/oauth/authorize?client_id={rp.client_id}", data=fields))
    response = client.post(f"/oauth/authorize?prompt=none&{query}", data=parse_qs(query))
    assert "prompt" not in parse_qs(urlsplit(response.headers["Location"]).query)


@pytest.mark.parametrize(
    "response_type",
    ["token", "id_token token", "id_token", "none", "code code", "code  id_token", "code id_token", "CODE", "code ",
     " code", "code token", "codé", "device"],
)  # fmt: skip
def test_az11_no_response_type_but_code(rp, client, response_type):
    app_is_told(client.get(rp.authorize_url(response_type=response_type)), "unsupported_response_type")


@pytest.mark.parametrize("response_type", ["id_token", "token", "code id_token token"])
def test_az11_tokens_never_come_from_this_endpoint(rp, browser, factory, response_type):
    signed_in(browser, factory)
    for mode in (None, "query", "fragment"):
        told = answer(browser.http.get(rp.authorize_url(response_type=response_type, response_mode=mode)))
        assert {"access_token", "id_token", "code"}.isdisjoint(told)


CORPUS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "javascript:alert(1)",
    "{{1337*7331}}", "${1337*7331}", "</title><script>alert(1)</script>", "\u202eevil", "a\r\nSet-Cookie: x=y", "<svg/onload=alert(1)>",
]  # fmt: skip
PLACES = ["state", "login_hint", "ui_locales", "nonce", "acr_values", "claims_locales", "error", "error_description"]


@pytest.mark.parametrize("text", CORPUS)
def test_az12_hostile_text_is_escaped_on_every_page(rp, browser, factory, text):
    factory.user("alice@example.com")
    browser.get(rp.authorize_url(**dict.fromkeys(PLACES, text)))
    check_page(browser, text)
    browser.submit("identifier", identifier=text, password=PASSWORD)
    check_page(browser, text)
    browser.submit("identifier", identifier="alice@example.com", password=PASSWORD)
    check_page(browser, text)
    browser.submit("decision", "allow")
    assert rp.answer(browser.left_for)["state"] == text
    assert "\n" not in browser.response.headers["Location"]


@pytest.mark.parametrize("text", CORPUS)
def test_az12_hostile_text_is_escaped_on_error_and_form_pages(rp, browser, factory, text):
    browser.get(rp.authorize_url(client_id=text))
    check_page(browser, text)
    browser.get(rp.authorize_url(redirect_uri=text))
    check_page(browser, text)
    browser.get(rp.authorize_url(state=text, response_mode="form_post", scope="unheard-of"))
    check_page(browser, text)


def check_page(browser, text):
    if any(mark in text for mark in "<>"):
        assert text not in browser.text
    assert str(1337 * 7331) not in browser.text
    assert "x=y" not in browser.response.headers.getlist("Set-Cookie")


@pytest.mark.parametrize("text", CORPUS)
def test_az12_name_of_an_app_is_escaped(app, browser, factory, text):
    name = "".join(character for character in text if character.isprintable())
    rp = RelyingParty(app, *factory.client_with_secret(name=name))
    browser.get(rp.authorize_url())
    check_page(browser, name)
    browser.get(rp.authorize_url(redirect_uri="https://evil.example"))
    check_page(browser, name)


@pytest.mark.parametrize("path", ["/login", "/logout/done", "/oauth/authorize", "/register"])
def test_az12_text_in_our_address_is_never_shown_as_ours(client, path):
    words = "Your account is locked. Call 555 0100."
    response = client.get(path, query_string={"error_description": words, "error": words, "message": words})
    assert words not in response.get_data(as_text=True)


@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_az13_issuer_is_in_every_answer(rp, browser, factory, mode):
    signed_in(browser, factory)
    metadata = browser.http.get("/.well-known/oauth-authorization-server").json
    browser.get(rp.authorize_url(response_mode=mode))
    browser.submit("decision", "allow")
    success = told(rp, browser)
    assert "code" in success
    browser.left_for = None
    browser.get(rp.authorize_url(response_mode=mode, max_age="x"))
    failure = told(rp, browser)
    assert failure["error"] == "invalid_request"
    browser.left_for = None
    browser.get(rp.authorize_url(response_mode=mode, prompt="consent"))
    browser.submit("decision", "deny")
    denial = told(rp, browser)
    assert denial["error"] == "access_denied"
    for answered in (success, failure, denial):
        assert answered["iss"] == metadata["issuer"] == ISSUER


def told(rp, browser):
    return rp.answer(browser.left_for) if browser.left_for else browser.form("iss").fields


def test_az14_prompt_none_never_shows_a_page(rp, browser, factory):
    app_is_told(browser.http.get(rp.authorize_url(prompt="none")), "login_required")
    signed_in(browser, factory)
    app_is_told(browser.http.get(rp.authorize_url(prompt="none")), "consent_required")
    app_is_told(browser.http.get(rp.authorize_url(prompt="none login")), "invalid_request")


def test_az14_hint_never_authenticates_anyone(app, rp, browser, factory, arrange):
    user_id = factory.user("alice@example.com")
    hint = rp.sign_in(browser, "alice@example.com")["id_token"]
    stranger = Browser(app)
    claims = {"iss": ISSUER, "sub": user_id, "aud": rp.client_id, "exp": timestamp() + 60, "iat": timestamp()}
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + hint.split(".")[1] + "."
    other_issuer = arrange.run(keyring.sign, {**claims, "iss": "https://other.example"}, typ="JWT")
    app_is_told(stranger.http.get(rp.authorize_url(prompt="none", id_token_hint=hint)), "login_required")
    for bad in (unsigned, other_issuer, hint[:-6] + "AAAAAA", "x"):
        app_is_told(stranger.http.get(rp.authorize_url(prompt="none", id_token_hint=bad)), "invalid_request")


@pytest.mark.parametrize("wish", [{"prompt": "login"}, {"max_age": "0"}, {"max_age": "60"}])
def test_az14_real_reauthentication_makes_a_new_auth_time(rp, browser, factory, clock, wish):
    factory.user("alice@example.com")
    before = part(rp.sign_in(browser, "alice@example.com")["id_token"])["auth_time"]
    clock.advance(120)
    browser.left_for = None
    browser.get(rp.authorize_url(**wish))
    assert is_at(browser, "/login")
    browser.submit("password", password="wrong wrong wrong wrong")
    assert browser.left_for is None
    browser.submit("password", password=PASSWORD)
    tokens = rp.redeem(rp.answer(browser.left_for)["code"]).json
    assert part(tokens["id_token"])["auth_time"] >= before + 120


def test_az14_claims_for_another_person_are_never_answered(rp, browser, factory):
    bob = factory.user("bob@example.com")
    signed_in(browser, factory)
    claims = json.dumps({"id_token": {"sub": {"value": bob}}})
    app_is_told(browser.http.get(rp.authorize_url(claims=claims, prompt="none")), "login_required")
