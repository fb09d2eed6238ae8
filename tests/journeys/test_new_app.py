"""Every kind of app is made in the wizard: with the mouse, and with the keyboard alone where no script runs.

What the result page gives is what tests/interop/test_snippets.py signs in with.
"""

import re

import pytest

from idp.access import apis
from idp.admin.clients.kinds import KINDS
from idp.clients import service as clients
from idp.clients.metadata.rules import defaults
from idp.clients.snippets import SNIPPETS, snippet
from idp.clients.types import SECRET_METHODS, TYPES
from tests.arrange import Arranger
from tests.chromium import follow, watch
from tests.factories import PASSWORD
from tests.live import live_server

pytestmark = pytest.mark.chromium
OWNER, API = "owner@example.com", "https://articles.example.com"
CALLBACK = "http://127.0.0.1:5000/callback"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("server"), SESSIONS__SUDO="1h", ADMIN__SUDO="1h") as server:
        server.factory.user(OWNER, roles=("owner",))
        run = Arranger(server.app, server.factory).run
        run(apis.create_api, API, name="Articles")
        run(apis.add_permission, API, "articles.read", title="Read articles")
        yield server


class Mouse:
    """Clicks and types; scripts run."""

    script = True

    def __init__(self, page) -> None:
        self.page = page

    def fill(self, selector, text):
        self.page.fill(selector, text)

    def tick(self, selector):
        self.page.check(selector)

    def press(self, selector):
        follow(self.page, selector)


class Keyboard(Mouse):
    """Presses keys alone; no script runs."""

    script = False

    def go_to(self, selector):
        """Tab to an element; a group of choices is one stop, and the arrows lead through it."""
        wanted = self.page.locator(selector).first
        handle = wanted.element_handle()
        for _stop in range(120):
            self.page.keyboard.press("Tab")
            if handle.evaluate("element => element === document.activeElement"):
                return
            if handle.evaluate("e => e.type === 'radio' && document.activeElement.name === e.name"):
                for _arrow in range(20):
                    self.page.keyboard.press("ArrowDown")
                    if handle.evaluate("element => element === document.activeElement"):
                        return
        raise AssertionError(f"no key leads to {selector}")

    def fill(self, selector, text):
        self.go_to(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def tick(self, selector):
        self.go_to(selector)
        if not self.page.locator(selector).first.is_checked():
            self.page.keyboard.press("Space")

    def press(self, selector):
        self.go_to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")


@pytest.fixture(scope="module", params=[Mouse, Keyboard], ids=["mouse", "keyboard"])
def operator(request, process, server):
    """An owner at the console."""
    context = process.new_context(java_script_enabled=request.param.script, base_url=server.issuer)
    page = context.new_page()
    page.set_default_timeout(15_000)
    operator = request.param(page)
    page.goto("/login?next=/admin")
    operator.fill("#identifier", OWNER)
    operator.fill("#password", PASSWORD)
    operator.press("main form:has(#password) button[type=submit]:not([formaction])")
    page.wait_for_selector("nav >> text=Signing keys")
    yield operator
    context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_app_is_made_and_its_page_gives_what_runs(operator, server, kind):
    page, complaints = operator.page, watch(operator.page)
    page.goto("/admin/clients")
    operator.press("main a:has-text('Add an app')")
    page.wait_for_selector(f"input[value={kind}]")
    operator.tick(f"input[value={kind}]")
    operator.press("button[value='2']")
    page.wait_for_selector("#name")
    operator.fill("#name", f"App by {type(operator).__name__} {kind}")
    if TYPES[kind].redirects:
        operator.fill("#redirect_uris", CALLBACK)
    operator.press("button[value='3']")
    page.wait_for_selector("button[value='4']")
    if kind == "machine":
        operator.tick(f"input[value='{API} articles.read']")
    if kind == "api":
        operator.tick(f"input[value='{API}']")
    operator.press("button[value='4']")
    page.wait_for_selector("button:has-text('Add the app')")
    operator.press("button:has-text('Add the app')")
    page.wait_for_selector("text=I have stored it" if keeps_secret(kind) else "a:has-text('Go on')")
    shown = [page.locator("details pre").nth(index).text_content() for index in range(len(SNIPPETS[kind]))]
    run = Arranger(server.app, server.factory).run
    client_id = re.search(r"[0-9a-z]{26}", page.locator("dl.facts code").first.text_content())[0]
    wanted = run(lambda: [snippet(clients.get_client(client_id), name) for name in SNIPPETS[kind]])
    assert [text.strip() for text in shown] == [text.strip() for text in wanted]
    assert page.locator(".note code").count() == int(keeps_secret(kind))
    assert complaints == []


def keeps_secret(kind):
    return defaults(kind)["token_endpoint_auth_method"] in SECRET_METHODS
