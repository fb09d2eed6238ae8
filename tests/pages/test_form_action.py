"""Chromium follows the answer of consent to every kind of app, under a policy that names only that app."""

import contextlib

import pytest

from tests.actors import RelyingParty
from tests.chromium import callback_server, chromium, follow, watch

pytestmark = pytest.mark.chromium


@pytest.fixture
def window():
    with chromium() as process:
        yield process.new_context()


def test_wb01_the_answer_reaches_apps_on_the_web_on_loopback_and_on_the_device(window, live):
    server = live()
    server.factory.user("alice@example.com")
    with callback_server() as app:
        for kind, redirect_uri in (
            ("web", "https://rp.example.invalid/callback"),
            ("native", app.address + "/callback"),
            ("native", "com.example.app:/callback"),
        ):
            client_id, secret = server.factory.client_with_secret(
                type=kind, redirect_uris=[redirect_uri], post_logout_redirect_uris=[]
            )
            # A tab for each: the page of the first app exists nowhere, and its error page may arrive at any time.
            page = window.new_page()
            complaints = watch(page)
            page.goto(server.issuer + RelyingParty(server.app, client_id, secret, redirect_uri).authorize_url())
            if page.locator("#identifier").count():
                page.fill("#identifier", "alice@example.com")
                page.fill("#password", "correct horse battery staple")
                follow(page, "main button.primary")
            is_web = redirect_uri.startswith("http")
            asked = page.expect_request(redirect_uri + "?*") if is_web else contextlib.nullcontext()
            with (
                asked,
                page.expect_response(lambda answer: "/consent/" in answer.url and answer.status == 303) as answer,
            ):
                page.click("button[value=allow]", no_wait_after=True)
            assert answer.value.headers["location"].startswith(redirect_uri)
            page.wait_for_timeout(0 if is_web else 300)
            assert complaints == []
