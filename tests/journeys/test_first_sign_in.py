"""A person's first story in a real browser: register, confirm the address, come back to the app, sign out everywhere."""

import re
import secrets
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from tests.actors import RelyingParty
from tests.chromium import callback_server, follow, watch
from tests.services import wait_for

PASSWORD = "seven purple elephants dance"

pytestmark = pytest.mark.chromium


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def page(request, process):
    context = process.new_context(java_script_enabled=request.param == "with JavaScript")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.complaints = watch(page)
    page.runs_scripts = request.param == "with JavaScript"
    yield page
    context.close()


@pytest.fixture
def app_address():
    with callback_server() as server:
        yield server


@pytest.fixture
def server(house):
    return house


@pytest.fixture
def alice(server):
    email = f"alice{secrets.token_hex(4)}@example.com"
    server.factory.user(email)
    return email


@pytest.fixture
def relying_party(server, app_address):
    redirect_uri = app_address.address + "/callback"
    client_id, secret = server.factory.client_with_secret(
        name="Demo Shop", redirect_uris=[redirect_uri], post_logout_redirect_uris=[app_address.address + "/bye"]
    )
    return RelyingParty(server.app, client_id, secret, redirect_uri)


def newest_mail(server, to):
    def look():
        with httpx.Client(base_url=server.issuer) as http:
            return next((mail for mail in http.get("/dev/mail.json").json() if to in mail["to"]), None)

    return wait_for(look)


def code_in(app_address):
    _method, path, body = app_address.seen[-1]
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query or body).items()}


def redeem(server, relying_party, code):
    return httpx.post(
        server.issuer + "/oauth/token",
        data={
            "grant_type": "authorization_code", "code": code, "redirect_uri": relying_party.redirect_uri,
            "code_verifier": relying_party.verifier,
        },
        auth=(relying_party.client_id, relying_party.client_secret),
    ).json()  # fmt: skip


def submit(page, **fields):
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    follow(page, "form:has([name=csrf_token]) button[type=submit]")


def test_a_stranger_registers_and_arrives_at_the_app(page, server, relying_party, app_address):
    nora = f"nora{secrets.token_hex(4)}@example.com"
    page.goto(server.issuer + relying_party.authorize_url())
    follow(page, "a[href*='/register']")
    page.fill("[name=email]", nora)
    if page.locator("[name=name]").count():
        page.fill("[name=name]", "Nora Newcomer")
    page.fill("[name=new_password]", PASSWORD)
    follow(page, "main form button[type=submit]")
    mail = newest_mail(server, nora)
    link = next(link for link in mail["links"] if "/verify/" in link)
    page.goto(link)
    follow(page, "main form button[type=submit]")
    if urlsplit(page.url).path == "/login":
        page.fill("[name=identifier]", nora)
        page.fill("[name=password]", PASSWORD)
        follow(page, "form:has([name=password]) button[type=submit]")
    page.wait_for_url(re.compile("/consent/"))
    assert "Demo Shop" in page.locator("h1").inner_text()
    assert nora in page.locator("main").inner_text()
    follow(page, "button[name=decision][value=allow]")
    page.wait_for_url(re.compile(re.escape(app_address.address)))
    answer = code_in(app_address)
    assert answer["iss"] == server.issuer
    assert redeem(server, relying_party, answer["code"])["id_token"]
    assert page.complaints == []


def sign_in(page, email, password):
    page.fill("[name=identifier]", email)
    page.fill("[name=password]", password)
    follow(page, "form:has([name=password]) button[type=submit]")


def test_a_wrong_password_keeps_what_was_typed_and_says_what_to_do(page, server, alice):
    page.goto(server.issuer + "/login")
    sign_in(page, alice, "not my password at all")
    assert page.title().startswith("Error:")
    assert page.input_value("[name=identifier]") == alice
    assert page.input_value("[name=password]") == ""
    expect(page.locator(".summary[role=alert]")).to_be_visible()


def test_deny_reaches_the_app(page, server, alice, relying_party, app_address):
    page.goto(server.issuer + relying_party.authorize_url(state="keep-me"))
    sign_in(page, alice, "correct horse battery staple")
    follow(page, "button[name=decision][value=deny]")
    page.wait_for_url(re.compile(re.escape(app_address.address)))
    answer = code_in(app_address)
    assert (answer["error"], answer["state"]) == ("access_denied", "keep-me")
    assert page.complaints == []


def test_form_post_arrives_by_post(page, server, relying_party, app_address, alice):
    page.goto(server.issuer + relying_party.authorize_url(response_mode="form_post", state="a b&c\"<x>'"))
    sign_in(page, alice, "correct horse battery staple")
    follow(page, "button[name=decision][value=allow]")
    if not page.runs_scripts:
        follow(page, "form[method=post] button")
    page.wait_for_url(re.compile(re.escape(app_address.address)))
    assert app_address.seen[-1][0] == "POST"
    assert code_in(app_address)["state"] == "a b&c\"<x>'"
    assert page.complaints == []


def test_a_forgotten_password_is_replaced_and_every_session_ends(page, server, process, alice):
    other = process.new_context().new_page()
    other.goto(server.issuer + "/login")
    sign_in(other, alice, "correct horse battery staple")
    other.wait_for_url(re.compile("/account"))
    page.goto(server.issuer + "/login")
    follow(page, "a[href*='/forgot']")
    page.fill("[name=email]", alice)
    follow(page, "main form button[type=submit]")
    link = next(link for link in newest_mail(server, alice)["links"] if "/reset/" in link)
    page.goto(link)
    page.fill("[name=new_password]", PASSWORD)
    follow(page, "main form button[type=submit]")
    other.goto(server.issuer + "/account")
    assert urlsplit(other.url).path == "/login"
    page.goto(server.issuer + "/login")
    if page.locator("[name=identifier]").count():
        sign_in(page, alice, PASSWORD)
    page.goto(server.issuer + "/account")
    assert urlsplit(page.url).path.startswith("/account")
    assert page.complaints == []
    other.context.close()


def test_signing_out_asks_and_ends_the_session(page, server, alice):
    page.goto(server.issuer + "/login")
    sign_in(page, alice, "correct horse battery staple")
    page.goto(server.issuer + "/logout")
    follow(page, "button[name=decision][value=sign_out]")
    page.goto(server.issuer + "/account")
    assert urlsplit(page.url).path == "/login"


def test_the_whole_sign_in_works_by_keyboard(server, relying_party, app_address, process, alice):
    page = process.new_context().new_page()
    page.goto(server.issuer + relying_party.authorize_url())
    expect(page.locator("[name=identifier]")).to_be_focused()
    page.keyboard.type(alice)
    page.keyboard.press("Tab")
    expect(page.locator("[name=password]")).to_be_focused()
    page.keyboard.type("correct horse battery staple")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/consent/"))
    for _step in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "allow":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(app_address.address)))
    page.context.close()
