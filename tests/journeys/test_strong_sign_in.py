"""Second steps and passkeys in a real browser: the picture is scanned, the passkey is asked by the browser itself."""

import io
import re
import secrets
import time
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.chromium import follow, watch
from tests.factories import PASSWORD
from tests.live import live_server

pytestmark = pytest.mark.chromium
EMAIL = "#identifier"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with live_server(folder, DEV__CLOCK_FILE=folder / "ahead") as server:
        server.ahead = folder / "ahead"
        server.ahead.write_text("0")
        yield server


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def window(request, process, server):
    context = process.new_context(java_script_enabled=request.param == "with JavaScript", base_url=server.issuer)
    yield context
    context.close()


@pytest.fixture
def person(server):
    email = f"{secrets.token_hex(6)}@example.com"
    server.factory.user(email)
    return email


def open_page(window):
    page = window.new_page()
    page.set_default_timeout(10_000)
    page.complaints = watch(page)
    return page


def sign_in(page, email):
    page.goto("/login")
    page.fill(EMAIL, email)
    page.fill("#password", PASSWORD)
    follow(page, "main form:has(#password) button[type=submit]")


def scan(page):
    """Read the QR code off the screen as a phone does."""
    picture = Image.open(io.BytesIO(page.locator("svg.qr").screenshot()))
    return zxingcpp.read_barcodes(picture)[0].text


def wait_for_next_code(server):
    """Let the server's clock go past the code that was used up."""
    server.ahead.write_text(str(int(server.ahead.read_text()) + 30))


def code_of(server, app):
    return app.at(int(time.time()) + int(server.ahead.read_text()))


def set_up_app(server, page):
    """Set up an authenticator app from the picture; return it, the recovery codes and the code that proved it."""
    page.goto("/account/security")
    follow(page, "text=Set up")
    app = pyotp.parse_uri(scan(page))
    used = code_of(server, app)
    page.fill("#code", used)
    follow(page, "text=Check the code")
    codes = page.locator(".codes code").all_inner_texts()
    page.check("#saved")
    page.fill("#code", codes[4])
    follow(page, "text=Turn on")
    expect(page.locator("text=Your authenticator app is set up")).to_be_visible()
    return app, codes, used


def test_a_person_scans_the_picture_signs_in_with_the_app_and_one_day_with_a_recovery_code(server, window, person):
    page = open_page(window)
    sign_in(page, person)
    app, codes, used = set_up_app(server, page)
    assert (app.issuer, app.name) == ("Acme ID", person)
    other = open_page(window.browser.new_context(base_url=server.issuer))
    sign_in(other, person)
    assert urlsplit(other.url).path == "/login/verify"
    other.fill("#code", used)
    follow(other, "button:has-text('Verify')")
    assert other.locator(".summary").inner_text().find("already used") > 0
    wait_for_next_code(server)
    other.fill("#code", code_of(server, app))
    follow(other, "button:has-text('Verify')")
    other.wait_for_url("**/account")
    other.context.close()
    lost = open_page(window.browser.new_context(base_url=server.issuer))
    sign_in(lost, person)
    follow(lost, "text=Use a recovery code")
    lost.fill("#code", codes[0])
    follow(lost, "button:has-text('Verify')")
    lost.wait_for_url("**/account")
    expect(lost.locator("[role=status] >> text=You have 9 recovery codes left.")).to_be_visible()
    lost.context.close()
    assert page.complaints == []


def test_a_trusted_browser_goes_without_the_second_step_until_it_is_revoked(server, window, person):
    page = open_page(window)
    user = page.context.browser.new_context(base_url=server.issuer)
    sign_in(page, person)
    app, _codes, _used = set_up_app(server, page)
    other = open_page(user)

    def sign_out():
        other.goto("/logout")
        follow(other, "button[value=sign_out]")

    sign_in(other, person)
    wait_for_next_code(server)
    other.check("#trust")
    other.fill("#code", code_of(server, app))
    follow(other, "button:has-text('Verify')")
    other.wait_for_url("**/account")
    sign_out()
    sign_in(other, person)
    other.wait_for_url("**/account")
    page.goto("/account/security/browsers")
    follow(page, "text=Stop trusting")
    sign_out()
    sign_in(other, person)
    assert urlsplit(other.url).path == "/login/verify"
    user.close()


@pytest.fixture
def key_holder(process, server):
    """A window whose device has passkeys, unlocked by its owner."""
    context = process.new_context(base_url=server.issuer)
    page = open_page(context)
    page.device = context.new_cdp_session(page)
    page.device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = page.device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.device.named = {"authenticatorId": made["authenticatorId"]}
    yield page
    context.close()


def presence(page, *, is_there):
    """Let the device's owner touch it whenever it asks, or not."""
    page.device.send("WebAuthn.setAutomaticPresenceSimulation", {**page.device.named, "enabled": is_there})


def sign_out(page):
    page.goto("/logout")
    follow(page, "button[value=sign_out]")


def test_a_passkey_is_added_signs_in_alone_and_by_autofill_and_opens_nothing_once_removed(server, person, key_holder):
    page = key_holder
    presence(page, is_there=False)
    sign_in(page, person)
    page.goto("/account/passkeys")
    follow(page, "text=Add a passkey")
    presence(page, is_there=True)
    page.click("text=Make a passkey")
    page.wait_for_url("**/account/passkeys")
    expect(page.locator("text=added.")).to_be_visible()
    presence(page, is_there=False)
    sign_out(page)
    page.goto("/login/passkey")
    presence(page, is_there=True)
    page.click("text=Continue with a passkey")
    page.wait_for_url("**/account")
    sign_out(page)
    # The passkey may answer before the page is loaded whole.
    page.goto("/login", wait_until="commit")
    page.wait_for_url("**/account")
    presence(page, is_there=False)
    page.goto("/account/passkeys")
    kept = stored(page)
    follow(page, "button:has-text('Remove')")
    page.wait_for_selector("text=removed.")
    sign_out(page)
    if not stored(page):
        # The browser was told, and has forgotten it; somebody's backup has not.
        page.device.send("WebAuthn.addCredential", {**page.device.named, "credential": kept[0]})
    page.goto("/login/passkey")
    presence(page, is_there=True)
    page.click("text=Continue with a passkey")
    page.wait_for_selector("text=This passkey is no longer linked")
    page.goto("/account")
    assert urlsplit(page.url).path == "/login"
    assert page.complaints == []


def stored(page):
    return page.device.send("WebAuthn.getCredentials", page.device.named)["credentials"]


def test_people_without_the_script_are_told_what_passkeys_need(process, server):
    context = process.new_context(java_script_enabled=False, base_url=server.issuer)
    page = open_page(context)
    page.goto("/login/passkey")
    expect(page.locator("text=Passkeys need JavaScript")).to_be_visible()
    expect(page.locator("text=Continue with a passkey")).to_be_hidden()
    context.close()
    assert parse_qs(urlsplit(page.url).query) == {}
    assert re.search("login", page.url)
