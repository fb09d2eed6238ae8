"""The look of the house in a real browser: an accent judged while it is typed, logos that follow the colours of pages."""

import re

import pytest
from playwright.sync_api import expect

from tests.chromium import follow, open_console, watch
from tests.drawn import picture
from tests.factories import PASSWORD
from tests.live import live_server
from tests.pages.axe import assert_accessible_in_light_and_dark
from tests.services import wait_for

pytestmark = pytest.mark.chromium
OWNER = "owner@example.com"
PALE, GOOD = "#ffcc00", "#8a1f5c"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("server"), SESSIONS__SUDO="1h", ADMIN__SUDO="1h") as server:
        server.owner = server.factory.user(OWNER, roles=("owner",))
        server.client_id, _secret = server.factory.client_with_secret("Shop")
        yield server


def open_page(process, server, **values):
    page = process.new_context(base_url=server.issuer, reduced_motion="reduce", **values).new_page()
    page.set_default_timeout(15_000)
    open_console(page, OWNER, PASSWORD)
    return page


def upload(page, of, colour, size=(640, 160)):
    page.set_input_files(of, {"name": "x.png", "mimeType": "image/png", "buffer": picture(size, colour=colour)})
    follow(page, f"form:has({of}) button[type=submit]")


def shown(page, of="header img.house"):
    """The address of the logo that the browser has chosen, and the colour of its middle."""
    page.wait_for_function("of => document.querySelector(of).complete", arg=of)
    return page.evaluate("""of => {
        const image = document.querySelector(of), canvas = document.createElement("canvas").getContext("2d");
        canvas.drawImage(image, 0, 0, 9, 9);
        return [image.currentSrc, canvas.getImageData(4, 4, 1, 1).data[0] > 127 ? "red" : "blue"];
    }""", of)  # fmt: skip


def test_a_house_gets_its_look_and_every_page_obeys(process, server):
    page = open_page(process, server)
    complaints = watch(page)
    page.goto("/admin/settings/general")
    judged = page.locator("[data-accent] [role=status]")
    field = page.locator('[name="brand.accent"]')
    expect(judged).to_be_hidden()
    field.fill(PALE)
    expect(judged).to_contain_text("Contrast 1.39 to 1: too pale")
    follow(page, "#save button[type=submit]")
    said = page.locator(".error").inner_text()
    assert re.search(r"its contrast is 1\.39 to 1, .* is #876c00", said)
    field.fill(GOOD)
    expect(judged).to_contain_text("it can be read")
    follow(page, "#save button[type=submit]")
    fill = page.evaluate("getComputedStyle(document.querySelector('.button.primary')).backgroundColor")
    assert fill == "rgb(138, 31, 92)"
    upload(page, "#light-picture", "red")
    upload(page, "#dark-picture", "blue")
    expect(page.locator(".logo-of img")).to_have_count(2)
    page.goto(f"/admin/clients/{server.client_id}/edit")
    upload(page, "#picture", "red", (300, 300))
    expect(page.locator("main img.logo.large")).to_be_visible()
    assert complaints == []
    page.context.close()


def choose(page, theme):
    """Choose the colours and wait until the server knows: the answer to one choice may come after the next."""
    with page.expect_response("**/display"):
        page.select_option("#display-theme", theme)


def test_logos_follow_the_system_and_the_choice_at_once(process, server):
    page = open_page(process, server)
    complaints = watch(page)
    page.emulate_media(color_scheme="light")
    page.goto("/account")
    wait_for(lambda: shown(page)[1] == "red")
    page.emulate_media(color_scheme="dark")
    wait_for(lambda: shown(page)[1] == "blue")
    page.click(".display summary")
    choose(page, "light")
    wait_for(lambda: shown(page)[1] == "red")
    page.emulate_media(color_scheme="light")
    choose(page, "dark")
    page.reload()
    wait_for(lambda: shown(page)[1] == "blue")
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize(
    "path", ["/admin/settings/general", "/admin/clients", "/admin/clients/{}", "/admin/clients/{}/edit"]
)
def test_pages_with_logos_and_an_accent_are_accessible_and_fit_a_small_screen(process, server, path):
    page = open_page(process, server, bypass_csp=True)
    assert_accessible_in_light_and_dark(page, lambda: page.goto(path.format(server.client_id)))
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()
