"""The account people own, in a real browser: with and without scripts."""

import io
import json
import re
import secrets
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.chromium import follow, watch
from tests.factories import PASSWORD
from tests.live import live_server

pytestmark = pytest.mark.chromium


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def page(request, process, server):
    context = process.new_context(java_script_enabled=request.param == "with JavaScript", base_url=server.issuer)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.complaints = watch(page)
    yield page
    assert page.complaints == []
    context.close()


def somebody(server, **fields):
    email = f"{secrets.token_hex(6)}@example.com"
    server.factory.user(email, **fields)
    return email


def fill_in(page, email, password=PASSWORD):
    page.fill("#identifier", email)
    page.fill("#password", password)
    follow(page, "main form:has(#password) button[type=submit]")


def sign_in(page, email):
    page.goto("/login")
    fill_in(page, email)
    page.wait_for_url("**/account")


def mail_to(server, email):
    mails = server.app.test_client().get("/dev/mail.json", base_url=server.issuer).json
    return [mail for mail in mails if mail["to"] == email]


def link_in(server, email, start):
    links = [urlsplit(link).path for mail in mail_to(server, email) for link in mail["links"]]
    return next(link for link in links if link.startswith(start))


def test_a_person_signs_in_by_the_code_and_by_the_link_of_a_mail(server, page):
    email = somebody(server)
    page.goto("/login")
    follow(page, "text=Sign in by e-mail")
    page.fill("#email", email)
    follow(page, "text=Send the code")
    page.fill("#code", re.search(r"\b\d{6}\b", mail_to(server, email)[0]["text"])[0])
    follow(page, "main form:has(#code) button[type=submit]")
    page.wait_for_url("**/account")
    other = page.context.browser.new_context(base_url=server.issuer).new_page()
    second = somebody(server)
    page.goto("/login/email?switch=1")
    page.fill("#email", second)
    follow(page, "text=Send the code")
    other.goto(link_in(server, second, "/login/email/"))
    assert other.locator("h1").inner_text() == "Sign in with this account?"
    follow(other, "main button[type=submit]")
    other.wait_for_url("**/account")
    assert second in other.locator("header").inner_text()
    other.context.close()


def test_two_accounts_share_a_browser_and_are_chosen(server, page):
    first, second = somebody(server), somebody(server)
    sign_in(page, first)
    follow(page, "text=Switch account")
    follow(page, "text=Use another account")
    fill_in(page, second)
    page.wait_for_url("**/account")
    page.goto("/login/accounts")
    follow(page, f"button.pick:has-text('{first}')")
    page.wait_for_url("**/account")
    assert first in page.locator("header").inner_text()
    page.goto("/logout")
    follow(page, "text=Sign out of all accounts")
    page.goto("/account")
    assert urlsplit(page.url).path == "/login"


def test_a_profile_a_picture_and_a_language_are_saved(server, page):
    sign_in(page, somebody(server))
    follow(page, "nav >> text=Profile")
    page.fill("#name", "Zoë Ωmega")
    page.fill("#given_name", "Zoë")
    follow(page, "text=Save the profile")
    expect(page.locator("[role=status] >> text=Your profile was saved.")).to_be_visible()
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "purple").save(file, "PNG")
    page.set_input_files("#picture", {"name": "me.png", "mimeType": "image/png", "buffer": file.getvalue()})
    follow(page, "text=Save the picture")
    assert page.locator("img.avatar").evaluate("image => image.naturalWidth") == 256
    follow(page, "nav >> text=Preferences")
    page.select_option("#locale", "ar")
    page.select_option("#zoneinfo", "Asia/Tokyo")
    follow(page, "text=Save the preferences")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    assert page.locator("h1").inner_text() != "Preferences"


def test_an_address_is_changed_and_brought_back(server, page):
    old, new = somebody(server), f"{secrets.token_hex(6)}@example.com"
    sign_in(page, old)
    page.goto("/account/email")
    page.fill("#email", new)
    follow(page, "text=Send a link to the new address")
    page.goto(link_in(server, new, "/new-email/"))
    follow(page, "text=Change the address")
    expect(page.locator("text=Your e-mail address was changed.")).to_be_visible()
    fill_in(page, new)
    page.wait_for_url("**/account")
    page.goto(link_in(server, old, "/undo-email/"))
    follow(page, "text=Bring it back")
    assert page.locator("h1").inner_text() == "Your old address is back"
    page.goto("/account")
    assert urlsplit(page.url).path == "/login"


def test_everything_is_downloaded_and_the_account_deleted_and_kept(server, page):
    email = somebody(server)
    sign_in(page, email)
    follow(page, "nav >> text=Your data")
    with page.expect_download() as waiting:
        page.click("button:has-text('Download everything')")
    data = json.loads(waiting.value.path().read_text())
    assert data["users"][0]["email"] == email
    page.fill("#email", email)
    follow(page, "button:has-text('Delete my account')")
    assert page.locator("h1").inner_text() == "Your account is closed"
    page.goto(link_in(server, email, "/undelete/"))
    follow(page, "text=Keep the account")
    fill_in(page, email)
    page.wait_for_url("**/account")


def test_this_was_not_me_from_the_list_of_events(server, page):
    email = somebody(server)
    sign_in(page, email)
    follow(page, "nav >> text=Activity")
    assert page.locator("h2 >> text=Signed in with your password").count() == 1
    follow(page, "text=Wasn’t you?")
    follow(page, "text=Lock my account")
    assert page.locator("h1").inner_text() == "Your account is locked"
    page.goto("/login")
    fill_in(page, email)
    assert "This account is locked" in page.locator(".summary").inner_text()
