"""Who is asked once more who they are: nothing typed is lost, what was meant stays meant, and the way ends somewhere."""

import pytest

from idp.core.settings import settings
from idp.stored_settings import service as stored
from tests.actors import Browser
from tests.admin.house import post
from tests.factories import PASSWORD

OWNER = "owner@example.com"


@pytest.fixture
def owner(factory):
    return factory.user(OWNER, roles=("owner",))


@pytest.fixture
def browser(app, owner, clock):
    """A browser that an owner left open eleven minutes ago."""
    browser = Browser(app)
    browser.sign_in(OWNER)
    clock.advance(11 * 60)
    return browser


def confirm(browser):
    """Say who it is, on the page that asks."""
    assert browser.path == "/reauth"
    browser.submit("password", password=PASSWORD)


@pytest.mark.parametrize(
    ("tab", "name", "value"),
    [
        ("passwords", "passwords.minimum_length", "17"),
        ("tokens", "tokens.code", "90s"),
        ("tokens", "tokens.access", "4m"),
    ],
)
def test_settings_that_were_typed_are_held(app, browser, tab, name, value):
    browser.get(f"/admin/settings/{tab}")
    browser.submit("version", **{name: value})
    confirm(browser)
    assert browser.path == "/reauth/held"
    browser.submit("version")
    assert browser.path == f"/admin/settings/{tab}"
    with app.app_context():
        assert name in stored.stored_values()


def test_secrets_that_were_typed_are_not_held(app, browser):
    typed = {"new_password": "n", "password": "p", "code": "c", "client_secret": "s", "token": "t", "name": "kept"}
    answer = post(browser, "/admin/settings/passwords", typed)
    browser.get(answer.headers["Location"])
    confirm(browser)
    assert set(browser.form("name").fields) == {"csrf_token", "name"}


def test_whose_sessions_are_meant_is_not_forgotten(app, browser, factory):
    victim = factory.user("victim@example.com")
    answer = post(browser, f"/admin/sessions/revoke?user={victim}", {"typed": "victim@example.com"})
    browser.get(answer.headers["Location"])
    confirm(browser)
    browser.submit("typed")
    assert browser.path == "/admin/sessions"
    browser.get("/admin/sessions/revoke")
    assert "Sign everybody out?" in browser.text


@pytest.mark.parametrize("minutes", [11, 16])
def test_a_shorter_patience_of_the_console_does_not_turn_in_a_circle(make_app, owner, clock, minutes):
    """Elsewhere a sign-in may count as fresh for longer; the page that asks must not wave such a person through."""
    bent = make_app(sessions={"sudo": "1h"}, dev={"clock_file": clock.path})
    with bent.app_context():
        assert settings().sessions.sudo > settings().admin.idle
    browser = Browser(bent)
    browser.sign_in(OWNER)
    clock.advance(minutes * 60)
    browser.get("/admin/api-keys/new")
    confirm(browser)
    assert browser.path == "/admin/api-keys/new"
