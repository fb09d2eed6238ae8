"""No page of the console weighs more than 40 KB on its way, with everything it loads, however many rows there are.

Of that, scripts are 6 KB at most.
"""

import gzip
import re

from idp.admin.routes import ROUTES
from tests.admin.house import OWNER, House
from tests.bench import crowd

MOST, MOST_OF_SCRIPTS = 40 * 1024, 6 * 1024
LISTS = ("/admin/users", "/admin/clients", "/admin/sessions", "/admin/audit", "/admin/sessions/families")


def weights(browser, page):
    """Bytes of a page with all it loads, and of its scripts, each packed as a proxy would."""
    styles = {fetch(browser, address) for address in re.findall(r'<link [^>]*href="(/static/[^"]+)"', page)}
    scripts = {fetch(browser, address) for address in re.findall(r'<script [^>]*src="(/static/[^"]+)"', page)}
    named = {name for body in scripts for name in re.findall(rb'from "\./([a-z]+\.js)"', body)}
    scripts |= {fetch(browser, f"/static/js/{name.decode()}") for name in named}
    assert len(styles) + len(scripts) > 2
    of_scripts = sum(map(packed, scripts))
    return packed(page.encode()) + sum(map(packed, styles)) + of_scripts, of_scripts


def fetch(browser, address):
    return browser.http.get(address, base_url=browser.issuer).get_data()


def packed(body):
    return len(gzip.compress(body, 6))


def test_every_page_of_a_crowded_console_is_light(app, factory, arrange, browser):
    house = House(app, factory, arrange)
    with app.app_context():
        crowd.fill(crowd.Scale(1000, 1000, 1000))
    browser.sign_in(OWNER)
    addresses = {house.address(route) for route in ROUTES if route.method == "GET"}
    heavy = {}
    for address in sorted(addresses | {f"{path}?size=100" for path in LISTS}):
        browser.get(address)
        if "<main" in browser.text:
            found = weights(browser, browser.text)
            if found[0] > MOST or found[1] > MOST_OF_SCRIPTS:
                heavy[address] = found
    assert heavy == {}
