"""What a page of the console marks for a script, that page loads the script for."""

import html
import re

from idp.admin.routes import ROUTES
from tests.admin.house import OWNER, House

MODULES = {
    "data-dialog": "dialog",
    'id="filters"': "filter",
    "data-unsaved": "unsaved",
    "data-watch": "watch",
    "data-accent": "accent",
    "data-chosen": "chosen",
    'id="remarks"': "addresses",
    "data-copy": "copy",
    'name="form_id"': "once",
}
LISTS = {"users", "clients", "sessions", "token_families", "deliveries", "audit", "user_events", "client_events"}


def test_what_is_marked_for_a_script_has_it_and_a_link_into_a_dialog_leads_to_a_page_that_asks(
    app, factory, arrange, browser
):
    house = House(app, factory, arrange)
    browser.sign_in(OWNER)
    marked, asking = dict.fromkeys(MODULES, 0), set()
    for route in (route for route in ROUTES if route.method == "GET"):
        browser.get(house.address(route))
        page = browser.text
        for mark, module in MODULES.items():
            if re.search(rf"<[^>]*\s{mark}", page):
                marked[mark] += 1
                assert f"/js/{module}.js" in page, route.rule
        asking |= {html.unescape(one) for one in re.findall(r'<a [^>]*href="([^"]+)" data-dialog', page)}
        if route.endpoint in LISTS:
            assert 'id="filters"' in page, route.rule
            rows = re.findall(r"<tr[^>]*>", page.rpartition("<tbody>")[2])
            assert rows, route.rule
            assert all(" data-row=" in row for row in rows), route.rule
    assert marked["data-dialog"] > 8
    assert marked['id="filters"'] >= len(LISTS)
    assert marked["data-unsaved"] > 10
    assert len(asking) > 8
    for address in asking:
        assert browser.get(address).status_code == 200
        assert re.search(r'<form[^>]*method="post"', browser.text.partition("<main")[2]), address
        assert " data-cancel" in browser.text, address
