"""No page of the console weighs more than 40 KB on its way, with everything it loads, however many rows there are."""

import gzip
import re

from idp.admin.routes import ROUTES
from tests.admin.house import OWNER, House
from tests.bench import crowd

MOST = 40 * 1024
LISTS = ("/admin/users", "/admin/clients", "/admin/sessions", "/admin/audit", "/admin/sessions/families")


def weight(browser, page):
    """Bytes of a page and of what it names, each packed as a proxy would."""
    parts = re.findall(r'<link [^>]*href="(/static/[^"]+)"|<script [^>]*src="(/static/[^"]+)"', page)
    named = {style or script for style, script in parts}
    bodies = [browser.http.get(address, base_url=browser.issuer).get_data() for address in sorted(named)]
    assert len(named) > 2
    return sum(len(gzip.compress(body, 6)) for body in (page.encode(), *bodies))


def test_every_page_of_a_crowded_console_is_light(app, factory, arrange, browser):
    house = House(app, factory, arrange)
    with app.app_context():
        crowd.fill(crowd.Scale(1000, 1000, 1000))
    browser.sign_in(OWNER)
    addresses = {house.address(route) for route in ROUTES if route.method == "GET"}
    heavy = {}
    for address in sorted(addresses | {f"{path}?size=100" for path in LISTS}):
        browser.get(address)
        if "<main" in browser.text and (found := weight(browser, browser.text)) > MOST:
            heavy[address] = found
    assert heavy == {}
