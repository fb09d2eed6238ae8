"""The admin console in a real browser: every page accessible in light and dark, and never wider than the screen."""

import re

import pytest

from idp.access import catalogue
from idp.admin.routes import ROUTES
from idp.webhooks import service as webhooks
from tests.arrange import Arranger
from tests.chromium import chromium, watch
from tests.factories import PASSWORD
from tests.live import live_server
from tests.pages.axe import assert_accessible_in_light_and_dark

pytestmark = pytest.mark.chromium
OWNER = "owner@example.com"
PAGES = [route.rule for route in ROUTES if route.method == "GET" and route.endpoint != "export_audit"]


@pytest.fixture(scope="module")
def process():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("server"), SESSIONS__SUDO="1h", ADMIN__SUDO="1h") as server:
        server.owner = server.factory.user(OWNER, roles=("owner",))
        server.victim = server.factory.user("wilhelmina.anastasia.hohenlohe@department-of-long-names.example.com")
        server.client_id, _secret = server.factory.client_with_secret("An app with a rather long name of its own")
        arranger = Arranger(server.app, server.factory)
        arranger.run(catalogue.create_role, "editor", title="Editor")
        events = ["webhook.tested", "role.*"]
        arranger.run(
            webhooks.create_endpoint, "editor", url="https://hooks.example.com/a/rather/long/path", events=events
        )
        arranger.run(webhooks.send_test, "editor")
        yield server


@pytest.fixture(scope="module")
def page(process, server):
    context = process.new_context(bypass_csp=True, base_url=server.issuer, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    sign_in(page)
    yield page
    context.close()


def sign_in(page):
    page.goto("/login?next=/admin")
    page.fill("#identifier", OWNER)
    page.fill("#password", PASSWORD)
    page.click("main form:has(#password) button[type=submit]")
    page.wait_for_url("**/admin")


def address(server, rule):
    values = {
        "user_id": server.victim, "client_id": server.client_id, "name": "editor", "kind": "web", "event_id": "1",
    }  # fmt: skip
    return "/admin" + re.sub(r"<(\w+)>", lambda found: values[found[1]], rule)


@pytest.mark.parametrize("rule", PAGES)
def test_every_page_of_the_console_is_accessible_and_fits_a_small_screen(page, server, rule):
    page.set_viewport_size({"width": 1280, "height": 800})

    def go():
        assert page.goto(address(server, rule)).status == 200

    assert_accessible_in_light_and_dark(page, go)
    page.set_viewport_size({"width": 320, "height": 700})
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_app_is_added_its_secret_seen_once_and_a_person_turned_off(process, server, script):
    context = process.new_context(java_script_enabled=script, base_url=server.issuer)
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints = watch(page)
    sign_in(page)
    page.click("nav >> text=Apps")
    page.click("text=Add an app")
    page.click("text=Web app with a server")
    page.fill("#name", "Notes")
    page.fill("#redirect_uris", "http://127.0.0.1:5000/callback")
    page.click("button:has-text('Add the app')")
    secret = page.locator(".note code").inner_text()
    assert secret.startswith("idps_")
    assert "oauth.register" in page.locator("pre").inner_text()
    page.click("nav >> text=Apps")
    page.click("th >> text=Notes >> nth=0")
    assert secret not in page.content()
    page.click("nav >> text=People")
    page.fill("#search", "wilhelmina")
    page.click("text=Filter")
    page.click("th >> a")
    page.click("button:has-text('Turn off')")
    assert page.locator("[role=status] >> text=The account is turned off.").is_visible()
    page.click("button:has-text('Turn on')")
    assert complaints == []
    context.close()
