"""Every page in every state in Chromium: accessible in light and dark, silent, never wider than the screen."""

import pytest
from playwright.sync_api import expect

from idp.gallery.states import STATES
from tests.chromium import chromium, follow, watch
from tests.pages.axe import assert_accessible_in_light_and_dark
from tests.pages.house import gallery_server, stay, stretch_words
from tests.services import wait_for

pytestmark = pytest.mark.chromium

NARROW, WIDE = {"width": 320, "height": 700}, {"width": 1280, "height": 720}
every_state = pytest.mark.parametrize("state", STATES.values(), ids=lambda state: state.name)


@pytest.fixture(scope="module")
def browser():
    with chromium() as process:
        yield process


@pytest.fixture(scope="module")
def gallery(browser):
    with gallery_server() as address:
        yield f"{address}/dev/gallery/"


@pytest.fixture(scope="module")
def wordy_gallery(browser):
    with gallery_server(prepare=stretch_words) as address:
        yield f"{address}/dev/gallery/"


@pytest.fixture(scope="module")
def inspected(browser):
    """A page whose policy lets axe in; the policy itself is judged by the others."""
    context = browser.new_context(bypass_csp=True, reduced_motion="reduce")
    yield stay(context.new_page())
    context.close()


@pytest.fixture(scope="module")
def narrow(browser):
    """One small window for all states: a window of their own each would take most of the time."""
    context = browser.new_context(viewport=NARROW)
    page = stay(context.new_page())
    page.complaints = watch(page)
    yield page
    context.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    page.complaints = watch(page)
    yield page
    context.close()


def speak(page, gallery, language):
    page.context.add_cookies([{"name": "idp_language", "value": language, "url": gallery}])


@every_state
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_is_accessible_in_light_and_dark_and_in_arabic_fits_a_small_screen(
    inspected, gallery, language, state
):
    speak(inspected, gallery, language)
    assert_accessible_in_light_and_dark(inspected, lambda: inspected.goto(gallery + state.name))
    assert inspected.evaluate("document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    if language == "ar":
        inspected.set_viewport_size(NARROW)
        assert inspected.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        inspected.set_viewport_size(WIDE)


@every_state
def test_wb01_the_page_is_silent_and_never_wider_than_a_small_screen(narrow, wordy_gallery, state):
    narrow.complaints.clear()
    narrow.goto(wordy_gallery + state.name)
    for direction in ("ltr", "rtl"):
        narrow.evaluate("direction => { document.documentElement.dir = direction }", direction)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    answered = f"the server responded with a status of {state.status}"
    assert [words for words in narrow.complaints if answered not in words] == []


def test_the_page_follows_the_system_without_a_script(browser, gallery):
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(gallery + "login")
    shot = page.screenshot(clip={"x": 5, "y": 400, "width": 4, "height": 4})
    page.emulate_media(color_scheme="light")
    assert shot != page.screenshot(clip={"x": 5, "y": 400, "width": 4, "height": 4})
    context.close()


def test_a_password_is_shown_at_will_and_hidden_before_it_is_sent(page, gallery):
    page.goto(gallery + "login")
    page.fill("#password", "correct horse")
    page.click("role=button[name='Show password']")
    assert page.get_attribute("#password", "type") == "text"
    assert page.locator(".secret + [role=status]").inner_text() == "Your password is shown"
    page.evaluate("document.querySelector('main form').addEventListener('submit', event => event.preventDefault())")
    page.press("#password", "Enter")
    assert page.get_attribute("#password", "type") == "password"


def test_the_strength_of_a_new_password_is_said_in_words(page, gallery):
    page.goto(gallery + "register")
    said = page.locator(".meter [role=status]")
    for text, words in {
        "short": "Too short",
        "aaaaaaaaaaaaaaaaaaaa": "Weak: it repeats itself",
        "seven purple elep": "Long enough",
        "seven purple elephants dance": "Strong",
    }.items():
        page.fill("#new_password", text)
        assert said.inner_text() == words


def test_a_pasted_code_is_sent_at_once_and_a_typed_one_is_not(page, gallery):
    page.goto(gallery + "check-email")
    page.evaluate(
        "document.querySelector('main form').addEventListener('submit', event => {"
        " event.preventDefault(); document.title = 'sent' })"
    )
    page.type("#code", "204618")
    assert page.title() != "sent"
    page.fill("#code", "")
    page.evaluate("navigator.clipboard.writeText('204 618')")
    page.focus("#code")
    page.keyboard.press("Control+v")
    assert (page.title(), page.input_value("#code")) == ("sent", "204618")


def test_colours_change_at_once_and_are_kept(page, gallery):
    page.goto(gallery + "login")
    page.click("footer summary")
    page.select_option("#display-theme", "dark")
    assert page.get_attribute("html", "data-theme") == "dark"
    wait_for(lambda: any(cookie["name"].endswith("idp_theme") for cookie in page.context.cookies()), 30)
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"
    assert page.complaints == []


def test_language_and_colours_are_changed_without_a_script(browser, gallery):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(gallery + "login")
    page.click("footer summary")
    page.select_option("#display-language", "de")
    page.select_option("#display-theme", "light")
    follow(page, "footer button")
    assert page.url == gallery + "login"
    assert page.get_attribute("html", "lang") == "de"
    assert page.get_attribute("html", "data-theme") == "light"
    context.close()


def test_what_is_wrong_takes_the_focus_and_leads_to_its_field(page, gallery):
    page.goto(gallery + "login-wrong")
    expect(page.locator(".summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#identifier")).to_be_focused()


def test_every_stop_of_the_keyboard_is_seen_and_in_the_order_of_the_page(page, gallery):
    page.goto(gallery + "consent-choice")
    look = """() => { const here = document.activeElement; const box = here.getBoundingClientRect();
        return [here.tagName, [...document.querySelectorAll('*')].indexOf(here), getComputedStyle(here).outlineStyle,
                box.bottom > 0 && box.top < innerHeight] }"""
    places = []
    while True:
        page.keyboard.press("Tab")
        tag, place, outline, is_visible = page.evaluate(look)
        if tag == "BODY":
            break
        places.append(place)
        assert is_visible
        assert outline != "none"
    assert len(places) > 8
    assert places == sorted(places)
