"""The frame of the console: where one is, what the house is, titles, help, and keys that can be turned off."""

import re

import click
import pytest

from idp.accounts.models import User
from idp.admin.nav import NAV
from idp.admin.routes import ROUTES
from idp.cli import main
from tests.admin.house import OWNER, House

DASH = "\N{EN DASH}"


@pytest.fixture
def house(app, factory, arrange):
    return House(app, factory, arrange)


def test_every_page_says_where_it_is(house, browser):
    browser.sign_in(OWNER)
    for route in ROUTES:
        if route.method != "GET":
            continue
        browser.get(house.address(route))
        if "<main" not in browser.text or browser.status != 200:
            continue
        title = re.search(r"<title>([^<]+)</title>", browser.text)[1]
        assert title.split(f" {DASH} ")[1:] == ["Admin", "Acme ID"], route
        crumbs = browser.text.split('<nav class="crumbs"')[1].split("</nav>")[0]
        assert crumbs.count('aria-current="page"') == 1, route
        assert "Development</span>" in browser.text
        assert ">id.example.com</bdi>" in browser.text


def test_keys_are_there_until_the_person_turns_them_off(house, browser, arrange):
    browser.sign_in(OWNER)
    browser.get("/admin/clients")
    assert 'data-new="/admin/clients/new"' in browser.text
    assert 'aria-keyshortcuts="/"' in browser.text
    assert "js/keys" in browser.text
    arrange.execute(User.__table__.update().values(preferences={"shortcuts": False}))
    browser.get("/admin/clients")
    assert "js/keys" not in browser.text
    assert "aria-keyshortcuts" not in browser.text
    browser.get("/admin/help")
    assert "You turned the keys off." in browser.text
    assert "<kbd>/</kbd>" in browser.text


def test_help_names_commands_that_exist_and_pages_that_are_there(house, browser):
    for entry in NAV:
        command = main
        for word in entry.commands.split()[1:]:
            command = command.get_command(click.Context(command), word)
            assert command is not None, entry
    browser.sign_in(OWNER)
    browser.get("/admin/keys")
    link = re.search(r'href="(/admin/help#keys)"', browser.text)[1]
    browser.get(link)
    assert 'id="keys"' in browser.text
    for address in set(re.findall(r'href="(/[^"#]*)"', browser.text.split("<main")[1])):
        browser.get(address)
        assert browser.status == 200, address
