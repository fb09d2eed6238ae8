"""What scripts add to the console in a real browser, and that nothing is missing without them."""

import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from idp.access import catalogue
from idp.accounts.importing import service as importing
from idp.clients import service as clients
from idp.core.clock import now
from idp.jobs.models import Job
from tests.arrange import Arranger
from tests.chromium import follow, open_console, watch
from tests.factories import PASSWORD
from tests.live import live_server
from tests.pages.axe import COLOURS, RULES, offences

pytestmark = pytest.mark.chromium
OWNER = "owner@example.com"
ASK = "dialog.ask"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with live_server(tmp_path_factory.mktemp("server"), SESSIONS__SUDO="1h", ADMIN__SUDO="1h") as server:
        server.factory.user(OWNER, roles=("owner",))
        for name in ("walter", "wilhelmina", "william"):
            server.factory.user(f"{name}@example.com")
        server.arrange = Arranger(server.app, server.factory)
        yield server


@pytest.fixture(scope="module")
def signed_in(process, server):
    """The cookies of somebody who is signed in: to do it anew in every test would take most of the time."""
    context = process.new_context(base_url=server.issuer)
    page = context.new_page()
    page.set_default_timeout(15_000)
    open_console(page, OWNER, PASSWORD)
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(process, server, signed_in):
    """Make a page in a window of its own; what its console says stands in `page.complaints`, and is nothing."""
    pages = []

    def make(**values):
        context = process.new_context(base_url=server.issuer, storage_state=signed_in, **values)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.complaints = watch(page)
        pages.append(page)
        return page

    yield make
    assert [page.complaints for page in pages if page.complaints] == []
    for page in pages:
        page.context.close()


@pytest.fixture
def page(open_page):
    return open_page(timezone_id="Asia/Tokyo")


def names(page):
    return page.locator("tbody th a")


def caret(page):
    return page.evaluate("[document.activeElement.id, document.activeElement.selectionStart]")


def test_a_list_is_filtered_while_one_types_and_focus_caret_and_ticks_stay(page):
    page.goto("/admin")
    page.goto("/admin/users")
    pages = page.evaluate("history.length")
    page.check("input[aria-label='william@example.com']")
    page.focus("#search")
    page.keyboard.type("wilm")
    expect(page.locator(".empty .name")).to_have_text("Nobody matches")
    expect(page.locator("#filters [role=status]")).to_have_text("Nobody matches")
    page.keyboard.press("Backspace")
    expect(names(page)).to_have_count(2)
    expect(page.locator("#filters [role=status]")).to_have_text("2 in all")
    expect(page.locator("#filters >> text=Clear (1)")).to_be_visible()
    assert caret(page) == ["search", 3]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    expect(names(page)).to_have_count(0)
    page.keyboard.type("i")
    expect(names(page)).to_have_count(2)
    assert (caret(page), page.input_value("#search")) == (["search", 2], "wil")
    assert page.url.endswith("/admin/users?search=wil")
    # What other modules did to the page they do to what came.
    assert "UTC" not in page.locator("tbody time >> nth=0").inner_text()
    assert page.locator("main [aria-keyshortcuts=n]").count() == 1
    assert page.evaluate("history.length") == pages
    page.go_back()
    page.wait_for_url("**/admin")


def test_what_is_ticked_stays_ticked_and_no_other_row_takes_the_tick_over(page):
    page.goto("/admin/users")
    page.check("input[aria-label='wilhelmina@example.com']")
    page.fill("#search", "wi")
    expect(names(page)).to_have_count(2)
    assert page.is_checked("input[aria-label='wilhelmina@example.com']")
    page.fill("#search", "wa")
    expect(names(page)).to_have_text(["walter@example.com"])
    assert page.locator("tbody :checked").count() == 0


def test_the_bar_says_how_many_are_ticked_and_stays_in_sight(page, server):
    for number in range(20):
        server.factory.user(f"zz{number:02d}@example.com", password=None)
    page.set_viewport_size({"width": 1000, "height": 600})
    page.goto("/admin/users")
    said = page.locator("[data-chosen]")
    expect(said).to_be_hidden()
    assert page.locator(".acts").bounding_box()["y"] > 600
    page.check("input[aria-label='walter@example.com']")
    page.check("input[aria-label='william@example.com']")
    expect(said).to_have_text("Chosen: 2")
    expect(page.locator(".acts")).to_be_in_viewport(ratio=1)
    # Nothing that is reached with the keyboard lies below it.
    for box in page.locator("td.tick input").all():
        box.focus()
        assert box.bounding_box()["y"] + box.bounding_box()["height"] <= page.locator(".acts").bounding_box()["y"]
    page.evaluate("scrollTo(0, 0)")
    page.fill("#search", "wal")
    expect(names(page)).to_have_count(1)
    expect(said).to_have_text("Chosen: 1")
    page.uncheck("input[aria-label='walter@example.com']")
    expect(said).to_be_hidden()
    page.check("input[aria-label='walter@example.com']")
    assert offences(page, runOnly=RULES) == {}


def test_the_matrix_keeps_its_roles_and_permissions_in_sight(page, server):
    for width, height in ((1280, 700), (320, 568)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/admin/roles/matrix")
        region = page.locator(".scroll:has(.matrix)")
        region.evaluate("one => one.scrollIntoView()")
        region.evaluate("one => one.scrollTo(200, 300)")
        corner, place = page.locator(".matrix thead th").first.bounding_box(), region.bounding_box()
        role = page.locator(".matrix thead th").last.bounding_box()
        row = page.locator(".matrix tbody th[scope=row]").nth(5).bounding_box()
        assert abs(corner["y"] - place["y"]) < 2
        assert abs(role["y"] - place["y"]) < 2
        assert abs(corner["x"] - place["x"]) < 2
        assert abs(row["x"] - place["x"]) < 2
        assert row["width"] < place["width"] * 0.6
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_choice_filters_at_once_and_back_from_a_row_leads_to_the_filtered_list(page):
    page.goto("/admin/users")
    page.select_option("#state", "active")
    page.fill("#search", "walter")
    expect(names(page)).to_have_text(["walter@example.com"])
    assert page.url.endswith("/admin/users?search=walter&state=active")
    follow(page, "tbody th a")
    page.go_back()
    page.wait_for_url("**/admin/users?search=walter&state=active")
    expect(names(page)).to_have_text(["walter@example.com"])
    assert page.input_value("#search") == "walter"


def test_what_was_asked_first_and_answers_last_is_not_shown(page):
    page.goto("/admin/users")
    held, dropped = [], []
    page.on("requestfailed", lambda request: dropped.append(request.url))
    page.route("**/admin/users?search=wa", lambda route: held.append(route))
    with page.expect_request("**/admin/users?search=wa"):
        page.fill("#search", "wa")
    page.fill("#search", "wil")
    expect(names(page)).to_have_count(2)
    assert [url.partition("?")[2] for url in dropped] == ["search=wa"]
    page.complaints.clear()  # The browser may tell of the request that was dropped.
    assert page.url.endswith("?search=wil")


def test_where_the_list_cannot_be_fetched_the_page_itself_is_asked_for(page):
    page.goto("/admin/users")
    page.route(
        "**/admin/users?*",
        lambda route: route.fulfill(status=503) if route.request.resource_type == "xhr" else route.continue_(),
    )
    with page.expect_navigation():
        page.fill("#search", "walter")
    expect(names(page)).to_have_text(["walter@example.com"])
    assert page.url.endswith("/admin/users?search=walter")
    page.complaints[:] = [words for words in page.complaints if "503" not in words]


def test_who_is_signed_out_meanwhile_is_led_to_sign_in_from_a_filter_and_from_a_link_into_a_dialog(page, server):
    client_id, _secret = server.factory.client_with_secret("Left")
    page.goto("/admin/users")
    cookies = page.context.cookies()
    page.context.clear_cookies()
    with page.expect_navigation():
        page.fill("#search", "walter")
    expect(page.locator("#identifier")).to_be_visible()
    page.context.add_cookies(cookies)
    page.goto(f"/admin/clients/{client_id}/danger")
    page.context.clear_cookies()
    follow(page, "main a:text-is('Delete')")
    expect(page.locator("#identifier")).to_be_visible()


def watch_the_trail(page):
    page.clock.install()
    page.goto(f"/admin/audit?watch={int(time.time()) + 300}")


def turn(page):
    """Let ten seconds pass in the page."""
    page.clock.run_for(10_100)


def test_a_watched_trail_gets_new_rows_and_focus_and_place_stay(page, server):
    watch_the_trail(page)
    assert page.locator("meta[http-equiv=refresh]").count() == 0
    pages = page.evaluate("history.length")
    link = names(page).nth(3)
    link.focus()
    held = page.evaluate("document.activeElement.href")
    page.evaluate("window.kept = document.activeElement; kept.scrollIntoView()")
    before = page.evaluate("kept.getBoundingClientRect().top")
    server.arrange.run(catalogue.create_role, "first", title="First")
    turn(page)
    expect(page.locator("tbody tr >> nth=0").locator(".badge.good")).to_have_text("new")
    assert page.locator("tbody .badge.good").count() == 1
    assert page.evaluate("document.activeElement === kept && kept.href") == held
    assert abs(page.evaluate("kept.getBoundingClientRect().top") - before) <= 2
    server.arrange.run(catalogue.create_role, "second", title="Second")
    turn(page)
    expect(page.locator("tbody tr >> nth=1").locator(".badge.good")).to_have_count(0)
    assert page.locator("tbody .badge.good").count() == 1
    assert "UTC" not in page.locator("tbody time >> nth=0").inner_text()
    assert page.evaluate("history.length") == pages


def test_a_watched_trail_rests_while_it_is_read_or_hidden_and_ends_when_the_server_says_so(page, server):
    watch_the_trail(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.resource_type == "xhr" else None)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('tbody th'))")
    turn(page)
    page.evaluate("getSelection().removeAllRanges()")
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    turn(page)
    assert asked == []
    page.evaluate("delete document.hidden")
    server.arrange.run(catalogue.create_role, "third", title="Third")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("tbody .badge.good")).to_have_text("new")
    assert len(asked) == 1
    # The server lets nobody watch for longer than ten minutes: then the page it sends is a plain one.
    page.evaluate("history.replaceState(null, '', '/admin/audit')")
    turn(page)
    expect(page.locator("text=Refresh every ten seconds for ten minutes")).to_be_visible()
    turn(page)
    turn(page)
    assert len(asked) == 2


def test_a_filter_that_is_being_filled_in_outlives_a_turn_of_the_watched_trail(page, server):
    watch_the_trail(page)
    page.fill("#actor", "somebody half wri")
    server.arrange.run(catalogue.create_role, "fourth", title="Fourth")
    turn(page)
    expect(page.locator("tbody .badge.good")).to_have_text("new")
    assert (page.input_value("#actor"), caret(page)[0]) == ("somebody half wri", "actor")


def test_the_page_of_an_import_shows_how_far_it_has_come_without_being_loaded(page, server):
    job_id = server.arrange.made(importing.hand_in, b"email,name\na@example.com,A\nb@example.com,B\n")

    def set_job(**values):
        server.arrange.execute(update(Job).where(Job.id == job_id).values(holder="nobody", **values))

    set_job(state="running", done=0, leased_until=now() + timedelta(days=1))
    page.clock.install()
    page.goto(f"/admin/users/import/{job_id}")
    page.focus("text=Stop the import")
    set_job(done=1)
    page.clock.run_for(3_100)
    expect(page.locator("text=1 of 2 rows")).to_be_visible()
    expect(page.locator("text=Stop the import")).to_be_focused()
    set_job(done=2, state="done", finished_at=now())
    page.clock.run_for(3_100)
    expect(page.locator("h2 [role=status]")).to_have_text("done")
    assert page.locator("[data-watch]").count() == 0
    assert page.locator("text=Stop the import").count() == 0


def test_a_question_opens_in_a_dialog_that_gives_the_focus_back_and_says_what_the_page_says(page, server):
    client_id, _secret = server.factory.client_with_secret("Shortlived")
    page.goto(f"/admin/clients/{client_id}/danger")
    link, dialog = page.locator("main a:text-is('Delete')"), page.locator(ASK)
    for leave in (lambda: page.keyboard.press("Escape"), lambda: page.click(f"{ASK} >> text=Cancel")):
        link.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Delete this app?")).to_be_visible()
        expect(page.locator("#ask-typed")).to_be_focused()
        leave()
        expect(dialog).to_have_count(0)
        expect(link).to_be_focused()
    link.click()
    page.locator(f"{ASK} >> text=Cancel").focus()
    page.keyboard.press("n")  # No key of the page behind acts.
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(1)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
    assert len(ids) == len(set(ids))
    page.fill("#ask-typed", "Another")
    follow(page, f"{ASK} >> text=Delete the app")
    # What is wrong is said on the page itself.
    expect(page.locator("#typed-error")).to_have_text("That is not its name.")
    assert page.url.endswith(f"/admin/clients/{client_id}/delete")
    page.fill("#typed", "Shortlived")
    follow(page, "main button:has-text('Delete the app')")
    page.wait_for_url("**/admin/clients")


def test_a_dialog_does_what_the_page_does_and_a_link_opens_a_tab_when_asked_to(page, server):
    client_id, _secret = server.factory.client_with_secret("Gone soon")
    page.goto(f"/admin/clients/{client_id}/danger")
    with page.context.expect_page() as opened:
        page.click("main a:text-is('Delete')", modifiers=["ControlOrMeta"])
    expect(opened.value.locator("h1")).to_have_text("Delete this app?")
    opened.value.close()
    page.click("main a:text-is('Delete')")
    page.fill("#ask-typed", "Gone soon")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_url("**/admin/clients")
    expect(page.locator(".messages")).to_contain_text("The app is deleted.")


def test_where_a_question_cannot_be_fetched_its_page_is_opened(page, server):
    client_id, _secret = server.factory.client_with_secret("Stays")
    page.goto(f"/admin/clients/{client_id}/danger")
    page.route("**/delete", lambda route: route.abort() if route.request.resource_type == "xhr" else route.continue_())
    follow(page, "main a:text-is('Delete')")
    expect(page.locator("h1")).to_have_text("Delete this app?")
    page.complaints[:] = [words for words in page.complaints if "ERR_FAILED" not in words]


@pytest.mark.parametrize("address", ["/admin/sessions", "/admin/keys", "/admin/clients/{}/danger"])
def test_a_dialog_is_accessible_in_light_and_dark_and_fits_a_small_screen(open_page, server, address):
    client_id, _secret = server.factory.client_with_secret("An app with a rather long name of its own")
    page = open_page(bypass_csp=True, reduced_motion="reduce")
    page.goto(address.format(client_id))
    page.click("main a[data-dialog] >> nth=-1")
    expect(page.locator(ASK)).to_be_visible()
    page.emulate_media(color_scheme="light")
    assert offences(page, runOnly=RULES) == {}
    page.emulate_media(color_scheme="dark")
    assert offences(page, runOnly=COLOURS) == {}
    page.set_viewport_size({"width": 320, "height": 500})
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        box = page.locator(ASK).bounding_box()
        assert (box["x"] >= 0, box["x"] + box["width"] <= 320, box["height"] <= 500) == (True, True, True)
        assert page.evaluate("document.querySelector('dialog.ask').scrollWidth <= innerWidth")


def test_addresses_are_judged_while_they_are_typed(page):
    page.goto("/admin/clients/new")
    page.get_by_label("Web app with a server").check()
    page.get_by_role("button", name="Go on").click()
    field, said = page.get_by_label("Redirect addresses"), page.locator("#remarks")
    field.fill("htps://app.example.com/cb")
    expect(said).to_contain_text("Did you mean https?")
    field.fill("https://app.example.com/cb")
    expect(said).to_have_text("Nothing is wrong with these addresses.")
    page.route("**/addresses?*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        field.fill("https://app.example.com/#x")
    expect(said).to_be_empty()
    page.get_by_label("Name", exact=True).fill("Typed")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#redirect_uris-error")).to_contain_text("https://app.example.com/#x")
    page.complaints.clear()  # the request that was broken off says so itself


def test_a_row_is_acted_on_from_its_menu_by_keyboard_and_without_scripts(open_page, server):
    server.factory.user("wanda@example.com")
    page = open_page(java_script_enabled=False)
    page.goto("/admin/users?search=wanda")
    menu = page.get_by_label("What to do with wanda@example.com")
    menu.press("Enter")
    page.get_by_role("button", name="Turn off").press("Enter")
    expect(page.get_by_text("wanda@example.com: The account is turned off.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/admin/users\?search=wanda$"))


@pytest.mark.parametrize("address", ["/admin/users", "/admin/clients"])
def test_an_open_menu_of_a_row_is_accessible_in_light_and_dark(open_page, server, address):
    server.factory.client_with_secret("Menus")
    for scheme, rules in (("light", RULES), ("dark", COLOURS)):
        page = open_page(color_scheme=scheme)
        page.goto(address)
        page.locator(".row-menu summary").first.click()
        assert offences(page, runOnly=rules) == {}


def test_a_form_that_was_changed_is_not_left_by_accident(page):
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.goto("/admin/groups/new")
    page.fill("#title", "Half")
    with page.expect_event("dialog"):
        page.click("nav >> text=Apps", no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(page.locator("#title")).to_have_value("Half")
    page.fill("#title", "")
    follow(page, "nav >> text=Apps")
    page.goto("/admin/groups/new")
    page.fill("#title", "Half")
    follow(page, "main >> text=Cancel")
    page.goto("/admin/groups/new")
    page.fill("#name", "not a name!")
    follow(page, "main button:has-text('Save')")
    # It was sent and refused: it is not saved.
    with page.expect_event("dialog"):
        page.click("nav >> text=Apps", no_wait_after=True)
    page.fill("#name", "half")
    follow(page, "main button:has-text('Save')")
    page.goto("/admin/users")
    page.fill("#since", "2020-01-01")
    follow(page, "nav >> text=Apps")
    assert asked == ["beforeunload", "beforeunload"]


def test_a_form_whose_answer_shows_a_secret_is_sent_once_however_often_it_is_clicked(page, server):
    client_id, _secret = server.factory.client_with_secret("Impatient")
    page.goto(f"/admin/clients/{client_id}/secrets")
    form = page.locator("main form:has([name=form_id])")
    twice = """form => {
        const held = [];
        addEventListener("submit", (event) => { held.push(event.defaultPrevented); event.preventDefault(); });
        form.requestSubmit();
        form.requestSubmit();
        return held;
    }"""
    assert form.evaluate(twice) == [False, True]
    page.reload()
    follow(page, "main form:has([name=form_id]) button[type=submit]")
    expect(page.locator(".note code")).to_contain_text("idps_")
    assert len(server.arrange.run(clients.list_secrets, client_id)) == 2


def test_a_session_that_ends_is_said_above_a_dialog_and_takes_what_was_typed_along(page, server):
    left = [300, 100]
    page.route("**/session", lambda route: route.fulfill(json={"expires_in": left.pop(0) if left else 0}))
    client_id, _secret = server.factory.client_with_secret("Waiting")
    page.clock.install()
    page.goto(f"/admin/clients/{client_id}/danger")
    page.wait_for_load_state("networkidle")  # The page has heard how long the session goes on.
    page.click("main a:text-is('Delete')")
    expect(page.locator(ASK)).to_be_visible()
    page.clock.run_for(200_000)
    expect(page.locator("[data-idle] button")).to_be_visible()
    expect(page.locator(ASK)).to_have_count(0)
    left[:] = [10]
    page.goto("/admin/groups/new")
    page.wait_for_load_state("networkidle")
    page.fill("#title", "Half")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    with page.expect_navigation():
        page.clock.run_for(11_000)
    expect(page.locator("#title")).to_have_value("")
    assert asked == []


def test_without_scripts_lists_questions_and_the_watched_trail_are_pages(open_page, server):
    client_id, _secret = server.factory.client_with_secret("Plain")
    page = open_page(java_script_enabled=False)
    page.goto("/admin/users")
    page.fill("#search", "walter")
    follow(page, "main >> text=Filter")
    expect(names(page)).to_have_text(["walter@example.com"])
    page.goto(f"/admin/audit?watch={int(time.time()) + 300}")
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "10"
    page.goto(f"/admin/clients/{client_id}/danger")
    follow(page, "main a:text-is('Delete')")
    expect(page.locator("h1")).to_have_text("Delete this app?")
    page.fill("#typed", "Plain")
    follow(page, "main button:has-text('Delete the app')")
    assert re.search(r"/admin/clients$", page.url)


def test_what_was_copied_is_said_each_time_also_where_a_part_of_the_page_was_swapped(open_page, server):
    client_id, _secret = server.factory.client_with_secret("Copied")
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/admin/clients/{client_id}")
    said = page.locator(".identity [role=status]")
    for _time in range(2):
        page.click(".identity [data-copy]")
        expect(said).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == client_id
        expect(said).to_have_text("")
    expect(page.locator(".identity [data-copy]")).to_have_text("Copy")
