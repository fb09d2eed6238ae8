"""The admin console in a real browser: every page accessible in light and dark, and never wider than the screen."""

import json
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from idp.access import catalogue
from idp.accounts.importing import service as importing
from idp.admin.routes import ROUTES
from idp.api_keys import service as api_keys
from idp.audit import chain
from idp.audit.models import Event
from idp.audit.reading import Wanted
from idp.audit_files import service as audit_files
from idp.clients import service as clients
from idp.keyring import service as keyring
from idp.webhooks import service as webhooks
from tests.admin.house import public_keys
from tests.arrange import Arranger
from tests.chromium import follow, open_console, watch
from tests.factories import PASSWORD
from tests.live import live_server
from tests.mail.sink import SmtpServer
from tests.pages.axe import COLOURS, RULES, assert_accessible_in_light_and_dark, offences

pytestmark = pytest.mark.chromium
OWNER = "owner@example.com"
FILES = {
    "export_audit",
    "export_manifest",
    "audit_file_manifest",
    "public_key",
    "import_template",
    "import_errors",
    "finish_trial",
}
"""What is no page by itself; where a trial ends is looked at below."""
PAGES = [
    *(route.rule for route in ROUTES if route.method == "GET" and route.endpoint not in FILES),
    "/clients/<robot_id>/secrets", "/clients/<client_id>/access?user=owner@example.com#check",
    "/audit/purge?before=2025-01-01", "/settings/audit",
    "/clients/<client_id>/tokens?user=owner@example.com&scope=openid+roles&compare_scope=openid+email",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("server"), SESSIONS__SUDO="1h", ADMIN__SUDO="1h") as server:
        server.owner = server.factory.user(OWNER, roles=("owner",))
        server.victim = server.factory.user("wilhelmina.anastasia.hohenlohe@department-of-long-names.example.com")
        server.client_id, _secret = server.factory.client_with_secret("An app with a rather long name of its own")
        server.robot_id, _none = server.factory.client_with_secret(
            "Robot", type="machine", redirect_uris=[], post_logout_redirect_uris=[], scopes=[],
            token_endpoint_auth_method="private_key_jwt", jwks=public_keys("first"),
        )  # fmt: skip
        arrange = Arranger(server.app, server.factory)
        run, made = arrange.run, arrange.made
        server.secret_id = run(lambda: clients.list_secrets(server.client_id)[0].id)
        server.kid = run(keyring.active_kid)
        run(keyring.prepare_next)
        run(lambda: keyring.promote(force=True).kid)
        run(catalogue.create_role, "editor", title="Editor", includes=["support"])
        server.api_id = made(catalogue.create_api, "https://articles.example.com", name="Articles")
        server.permission_id = made(
            catalogue.add_permission, "https://articles.example.com", "articles.write", title="Write articles"
        )
        server.group_id = made(catalogue.create_group, "staff", title="Staff")
        server.job_id = made(importing.hand_in, b"email,name\nsomebody@example.com,Somebody\nnobody,Nobody\n")
        server.key_id = run(
            lambda: api_keys.add_key(server.owner, label="nightly report", permissions=["admin.audit.read"])[0].id
        )
        _file_id, parts = run(audit_files.begin, "jsonl", Wanted(), {"actor": "system"})
        run(list, parts)
        events = ["webhook.tested", "role.*"]
        run(webhooks.create_endpoint, "editor", url="https://hooks.example.com/a/rather/long/path", events=events)
        run(webhooks.send_test, "editor")
        run(chain.seal_events)
        arrange.execute(update(Event).where(Event.position == 1).values(at=datetime(2024, 5, 1, tzinfo=UTC)))
        yield server


@pytest.fixture(scope="module")
def page(process, server):
    context = process.new_context(bypass_csp=True, base_url=server.issuer, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(15_000)
    open_console(page, OWNER, PASSWORD)
    yield page
    context.close()


def address(server, rule):
    values = {
        "user_id": server.victim, "client_id": server.client_id, "name": "editor", "tab": "sessions",
        "event_id": "1", "robot_id": server.robot_id,
        "job_id": server.job_id, "api_id": server.api_id, "group_id": server.group_id,
        "permission_id": server.permission_id, "key_id": server.key_id,
        "secret_id": server.secret_id, "kid": server.kid,
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


def test_the_manual_of_the_api_is_accessible_fits_a_small_screen_and_obeys_its_policy(page, process, server):
    page.set_viewport_size({"width": 1280, "height": 800})
    assert_accessible_in_light_and_dark(page, lambda: page.goto("/api/v1/docs"))
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    strict = process.new_context(base_url=server.issuer)
    reader = strict.new_page()
    complaints = watch(reader)
    assert "script-src" in reader.goto("/api/v1/docs").headers["content-security-policy"]
    reader.click("nav[aria-label=Contents] >> text=webhooks")
    assert reader.locator("#create_webhook pre").inner_text().startswith("curl -X POST")
    assert complaints == []
    strict.close()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_app_is_added_its_secret_seen_once_and_a_person_turned_off(process, server, script):
    context = process.new_context(java_script_enabled=script, base_url=server.issuer)
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints = watch(page)
    open_console(page, OWNER, PASSWORD)
    follow(page, "nav >> text=Apps")
    follow(page, "text=Add an app")
    page.check("text=Web app with a server")
    follow(page, "button:has-text('Go on')")
    page.fill("#name", "Notes")
    page.fill("#redirect_uris", "http://127.0.0.1:5000/callback")
    follow(page, "button:has-text('Go on')")
    follow(page, "button:has-text('Go on')")
    follow(page, "button:has-text('Add the app')")
    secret = page.locator(".note code").inner_text()
    assert secret.startswith("idps_")
    assert "oauth.register" in page.locator("pre").first.inner_text()
    follow(page, "nav >> text=Apps")
    follow(page, "th >> text=Notes >> nth=0")
    assert secret not in page.content()
    follow(page, "nav >> text=People")
    page.fill("#search", "wilhelmina")
    follow(page, "text=Filter")
    follow(page, "tbody th >> a")
    follow(page, "nav[aria-label='This account'] >> text=Danger")
    follow(page, "button:has-text('Turn off')")
    expect(page.locator("[role=status] >> text=The account is turned off.")).to_be_visible()
    follow(page, "button:has-text('Turn on')")
    assert complaints == []
    context.close()


def test_the_dialog_of_keys_is_accessible_and_fits_a_small_screen(page, server):
    page.goto("/admin/clients")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_be_visible()
    assert offences(page, runOnly=RULES) == {}
    assert page.evaluate("document.querySelector('dialog').getBoundingClientRect().right <= innerWidth")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_be_hidden()


def test_single_keys_act_unless_a_field_has_the_focus_or_the_person_turned_them_off(process, server):
    context = process.new_context(base_url=server.issuer)
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints = watch(page)
    open_console(page, OWNER, PASSWORD)
    page.keyboard.press("?")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    assert page.evaluate("document.getElementById('shortcuts').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("gn?/")
    assert page.input_value("#q") == "gn?/"
    assert page.url.endswith("/admin")
    page.click("h1")
    for keys, address in (
        ("gc", "/admin/clients"),
        ("n", "/admin/clients/new"),
        ("gk", "/admin/keys"),
        ("ga", "/admin/audit"),
    ):
        page.keyboard.type(keys)
        page.wait_for_url(f"**{address}")
    page.keyboard.press("Control+/")
    page.keyboard.press("n")
    expect(page.locator("#q")).not_to_be_focused()
    assert page.url.endswith("/admin/audit")
    assert page.locator('a[href="/admin/audit"] >> nth=0').get_attribute("data-key") == "a"
    page.goto("/account/preferences")
    page.uncheck("#shortcuts")
    follow(page, "text=Save the preferences")
    page.goto("/admin/audit")
    page.keyboard.type("gk")
    page.keyboard.press("?")
    assert page.locator("dialog").count() == 0
    assert page.url.endswith("/admin/audit")
    follow(page, "text=Learn more")
    expect(page.locator("#audit")).to_be_visible()
    page.goto("/account/preferences")
    page.check("#shortcuts")
    follow(page, "text=Save the preferences")
    assert complaints == []
    context.close()


def judge(page):
    """Judge the page as it stands, in light and dark and on a small screen: it is the answer to a post, shown once."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    assert offences(page, runOnly=RULES) == {}
    page.emulate_media(color_scheme="dark")
    assert offences(page, runOnly=COLOURS) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 800})


def test_an_app_is_added_from_its_metadata(page, server):
    page.goto("/admin/clients/new")
    follow(page, "text=Add it from its metadata")
    page.fill("#metadata", json.dumps({"client_name": "Pasted", "colour": "red", "redirect_uris": ["https://a.b/c"]}))
    follow(page, "button:has-text('Go on')")
    expect(page.locator(".note >> text=colour")).to_be_visible()
    judge(page)
    page.check("#leave_out")
    follow(page, "button:has-text('Go on')")
    judge(page)
    follow(page, "button:has-text('Add the app')")
    assert page.locator(".note code").inner_text().startswith("idps_")


def test_an_app_is_tried_by_signing_in_to_it_and_as_a_device(page, server):
    page.goto(f"/admin/clients/{server.client_id}")
    follow(page, "text=Try it")
    follow(page, "button:has-text('Try it')")
    follow(page, "main button[value=allow]")
    page.wait_for_url("**/admin/tools/callback*")
    expect(page.locator("text=Everything works.")).to_be_visible()
    judge(page)
    with page.expect_download() as kept:
        page.click("text=as HAR")
    assert json.loads(kept.value.path().read_text())["log"]["version"] == "1.2"
    tv = server.factory.public_client(name="Television", type="device", redirect_uris=[], post_logout_redirect_uris=[])
    page.goto(f"/admin/clients/{tv}/try")
    follow(page, "button:has-text('Try it')")
    judge(page)
    with page.context.expect_page() as opened:
        page.click("text=Enter the code")
    tab = opened.value
    tab.wait_for_load_state()
    follow(tab, "main form:has(#user_code) button[type=submit]")
    follow(tab, "main button[value=allow]")
    tab.wait_for_url("**/device/done*")
    tab.close()
    follow(page, "button:has-text('Ask again')")
    expect(page.locator("text=Everything works.")).to_be_visible()


def test_a_configuration_is_checked_and_a_refusal_explained(page, server):
    page.goto("/admin/tools")
    page.fill("#configuration", f"OIDC_ISSUER={server.issuer}/\nOIDC_CLIENT_ID={server.client_id}\nOIDC_SCOPE=openid x")
    follow(page, "button:text-is('Check')")
    expect(page.locator("text=It is not our issuer: trailing slash.")).to_be_visible()
    judge(page)
    refused = page.request.get(
        f"{server.issuer}/oauth/authorize?client_id={server.client_id}&redirect_uri=https://a.b/c"
    )
    page.goto(f"/admin/tools?request_id={refused.headers['x-request-id']}")
    expect(page.locator("text=redirect_uri=https://a.b/c")).to_be_visible()
    judge(page)


def test_a_link_is_handed_over_a_reason_asked_for_and_chosen_sessions_are_shown_once_more(page, server):
    server.factory.totp(server.victim)
    page.goto(f"/admin/users/{server.victim}/methods")
    follow(page, "text=Show a link to hand over")
    assert "/reset/" in page.locator(".note code").inner_text()
    judge(page)
    page.goto(f"/admin/users/{server.victim}/methods")
    follow(page, "text=Take the second step away")
    expect(page.locator("[role=alert] >> text=Say why.")).to_be_visible()
    judge(page)
    page.goto("/admin/sessions")
    page.check("input[name=session] >> nth=0")
    follow(page, "text=End those chosen")
    page.wait_for_selector("h1 >> text=End these sessions?")
    judge(page)


def test_the_doctor_is_asked_and_a_manifest_compared(page):
    page.goto("/admin/settings/maintenance")
    follow(page, "button:has-text('Ask the doctor')")
    page.wait_for_selector("button:has-text('Ask again')")
    judge(page)
    page.fill("#text", '[[groups]]\nname = "a-group-of-a-rather-long-name-that-does-not-fit-into-a-small-screen"')
    follow(page, "button:has-text('Compare')")
    expect(page.locator("text=+ create")).to_be_visible()
    judge(page)


def test_the_conversation_with_the_mail_server_fits_a_small_screen(process, tmp_path):
    smtp = SmtpServer()
    smtp.start()
    try:
        with live_server(tmp_path, MAIL__URL=smtp.url) as server:
            server.factory.user(OWNER, roles=("owner",))
            context = process.new_context(bypass_csp=True, base_url=server.issuer, reduced_motion="reduce")
            page = context.new_page()
            open_console(page, OWNER, PASSWORD)
            page.goto("/admin/settings/mail")
            follow(page, "text=Send one now and show the conversation")
            expect(page.locator("text=250 taken")).to_be_visible()
            judge(page)
            context.close()
    finally:
        smtp.stop()


def test_an_account_that_is_being_deleted_says_until_when_and_is_kept(page, server):
    person = server.factory.user("somebody.else@example.com")
    page.goto(f"/admin/users/{person}/delete")
    page.fill("#typed", "somebody.else@example.com")
    judge(page)
    follow(page, "button:has-text('Delete the account')")
    expect(page.locator("text=goes for good on")).to_be_visible()
    judge(page)
    follow(page, "text=Keep the account")
    expect(page.locator("text=The account stays.")).to_be_visible()
