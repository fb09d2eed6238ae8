"""Signing in, in a real browser: with and without JavaScript, by keyboard, in two tabs, and being signed out again."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.chromium import follow, watch
from tests.live import live_server

PASSWORD = "correct horse battery staple"

pytestmark = pytest.mark.chromium


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def visitor(request, process):
    """A browser window of its own; `visitor.open()` opens a tab in it."""
    context = process.new_context(java_script_enabled=request.param == "with JavaScript")
    yield Visitor(context)
    context.close()


@pytest.fixture
def scripted_visitor(process):
    context = process.new_context()
    yield Visitor(context)
    context.close()


class Visitor:
    """A person with a browser."""

    def __init__(self, context) -> None:
        self.context, self.complaints = context, []

    def open(self):
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.complaints = watch(page)
        self.complaints.append(page.complaints)
        return page

    def is_content(self):
        """Whether no page complained, of its policy or of anything else."""
        return not any(self.complaints)


@pytest.fixture(scope="module")
def module_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("server")
    with live_server(folder, DEV__CLOCK_FILE=folder / "ahead") as server:
        yield server


@pytest.fixture
def clock_file(module_server):
    """Seconds by which the server's clock runs ahead; back to none after the test."""
    path = module_server.folder / "ahead"
    yield path
    path.write_text("0")


@pytest.fixture
def server(module_server):
    return module_server


@pytest.fixture
def person(server):
    """Make a person nobody has signed in as yet; return the address."""

    def make(name="Alice Baker"):
        email = f"{secrets.token_hex(6)}@example.com"
        server.factory.user(email, name=name)
        return email

    return make


@pytest.fixture
def alice(person):
    return person()


def sign_in(page, email, password=PASSWORD):
    page.fill("[name=identifier]", email)
    page.fill("[name=password]", password)
    follow(page, "form:has([name=password]) button[type=submit]")


def test_a_person_signs_in_and_sees_the_session(server, visitor, alice):
    page = visitor.open()
    page.goto(server.issuer + "/account/sessions")
    assert page.title().startswith("Sign in")
    sign_in(page, alice)
    page.wait_for_url(re.compile("/account/sessions$"))
    assert page.locator("main").inner_text().count("this one") == 1
    assert "Chrome" in page.locator("main").inner_text()
    assert visitor.is_content()


def test_the_keyboard_is_enough(server, visitor, alice):
    page = visitor.open()
    page.goto(server.issuer + "/login")
    expect(page.locator("[name=identifier]")).to_be_focused()
    page.keyboard.type(alice)
    page.keyboard.press("Tab")
    expect(page.locator("[name=password]")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/account$"))
    assert visitor.is_content()


def test_after_a_slip_the_focus_is_on_what_is_wrong(server, visitor, alice):
    page = visitor.open()
    page.goto(server.issuer + "/login")
    sign_in(page, alice, password="not my password at all")
    assert page.title().startswith("Error:")
    expect(page.locator(".summary[role=alert]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name=identifier]")).to_be_focused()
    assert page.input_value("[name=password]") == ""
    assert visitor.is_content()


def test_two_tabs_end_in_one_account(server, visitor, alice, person):
    bob = person("Bob Miller")
    first, second = visitor.open(), visitor.open()
    for page in (first, second):
        page.goto(server.issuer + "/login?next=/account/password")
    sign_in(first, alice)
    first.wait_for_url(re.compile("/account/password$"))
    sign_in(second, bob)
    assert "Alice Baker" in second.locator("main").inner_text()
    follow(second, "button[value=continue]")
    second.wait_for_url(re.compile("/account/password$"))
    assert alice in second.locator("body").inner_text()
    assert visitor.is_content()


def test_another_account_takes_over_this_browser(server, visitor, alice, person):
    bob = person("Bob Miller")
    page = visitor.open()
    page.goto(server.issuer + "/login")
    sign_in(page, alice)
    page.wait_for_url(re.compile("/account$"))
    page.goto(server.issuer + "/login?switch=1")
    sign_in(page, bob)
    page.wait_for_url(re.compile("/account$"))
    assert bob in page.locator("body").inner_text()


def test_too_many_tries_are_told_in_words(server, visitor, alice):
    page = visitor.open()
    page.goto(server.issuer + "/login")
    for _number in range(6):
        sign_in(page, alice, password="not my password at all")
    assert "Try again in 5 minutes" in page.locator(".summary[role=alert]").inner_text()
    assert visitor.is_content()


def test_half_an_hour_of_rest_is_explained(server, visitor, alice, clock_file):
    page = visitor.open()
    page.goto(server.issuer + "/login")
    sign_in(page, alice)
    page.wait_for_url(re.compile("/account$"))
    clock_file.write_text("1801")
    page.goto(server.issuer + "/account/password")
    assert "signed out after 30 minutes without activity" in page.locator("main").inner_text()
    sign_in(page, alice)
    page.wait_for_url(re.compile("/account/password$"))


def test_other_devices_are_signed_out_after_the_password_was_asked(server, visitor, alice, process, clock_file):
    other = process.new_context(java_script_enabled=False)
    elsewhere, page = other.new_page(), visitor.open()
    for window in (elsewhere, page):
        window.goto(server.issuer + "/account/sessions")
        sign_in(window, alice)
        window.wait_for_url(re.compile("/account/sessions$"))
    page.reload()
    clock_file.write_text("600")
    follow(page, "form[action$='end-others'] button")
    assert "confirm it’s you" in page.locator("main").inner_text()
    page.fill("[name=password]", PASSWORD)
    follow(page, "form:has([name=password]) button[type=submit]")
    page.wait_for_url(re.compile("/reauth/held"))
    elsewhere.reload()
    assert elsewhere.url.endswith("/account/sessions")
    follow(page, "main form button[type=submit]")
    page.wait_for_url(re.compile("/account/sessions$"))
    elsewhere.reload()
    assert "/login" in elsewhere.url
    assert visitor.is_content()
    other.close()


@pytest.fixture
def impatient_server(live):
    server = live(SESSIONS__IDLE="100s")
    server.factory.user("alice@example.com")
    return server


def test_a_page_warns_before_the_session_ends_and_lets_one_stay(impatient_server, scripted_visitor):
    page = scripted_visitor.open()
    page.goto(impatient_server.issuer + "/login?next=/account")
    sign_in(page, "alice@example.com")
    page.wait_for_url(re.compile("/account$"))
    warning = page.locator("[data-idle]")
    warning.wait_for(state="visible")
    with page.expect_response(re.compile("keep-alive")) as answered:
        warning.locator("button").click()
    assert answered.value.json()["expires_in"] >= 95
    warning.wait_for(state="hidden")
    assert scripted_visitor.is_content()
