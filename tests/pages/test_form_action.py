"""Chromium follows the answer of consent to every kind of app, under a policy that names only that app."""

import pytest

from tests.actors import RelyingParty
from tests.chromium import callback_server, chromium, watch

pytestmark = pytest.mark.chromium


@pytest.fixture
def page():
    with chromium() as process:
        page = process.new_page()
        page.complaints, page.asked = watch(page), []
        page.on("request", lambda request: page.asked.append(request.url))
        yield page


def test_wb01_the_answer_reaches_apps_on_the_web_on_loopback_and_on_the_device(page, live):
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
            page.goto(server.issuer + RelyingParty(server.app, client_id, secret, redirect_uri).authorize_url())
            if page.locator("#identifier").count():
                page.fill("#identifier", "alice@example.com")
                page.fill("#password", "correct horse battery staple")
                page.click("main button.primary")
            with page.expect_response(
                lambda response: "/consent/" in response.url and response.status == 303
            ) as answer:
                page.click("button[value=allow]", no_wait_after=True)
            assert answer.value.headers["location"].startswith(redirect_uri)
            page.wait_for_timeout(300)
            is_web = redirect_uri.startswith("http")
            assert not is_web or any(url.startswith(redirect_uri) for url in page.asked)
    assert page.complaints == []
