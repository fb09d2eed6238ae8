"""login_hint, id_token_hint, ui_locales, display, acr_values: OpenID Connect Core §3.1.2.1."""

import pytest
from sqlalchemy import delete

from idp.accounts.models import User
from idp.core.clock import timestamp
from idp.keyring import service as keyring
from tests.actors import Browser, RelyingParty
from tests.factories import PASSWORD
from tests.oauth.front import answer, app_is_told, is_at, signed_in


@pytest.fixture
def alice(rp, browser, factory):
    """Alice has allowed the app and is signed in; her ID token."""
    factory.user("alice@example.com")
    return rp.sign_in(browser, "alice@example.com")["id_token"]


def test_login_hint_fills_the_field_in(rp, browser):
    browser.get(rp.authorize_url(login_hint="alice@example.com"))
    assert browser.form("identifier").fields["identifier"] == "alice@example.com"


def test_hint_of_the_person_signed_in_changes_nothing(rp, browser, alice):
    assert answer(browser.http.get(rp.authorize_url(prompt="none", id_token_hint=alice)))["code"]


def test_expired_hint_is_good_enough(rp, browser, alice, clock):
    clock.advance(700)
    assert answer(browser.http.get(rp.authorize_url(prompt="none", id_token_hint=alice)))["code"]


def test_hint_signs_nobody_in(app, rp, alice):
    stranger = Browser(app)
    app_is_told(stranger.http.get(rp.authorize_url(prompt="none", id_token_hint=alice)), "login_required")
    stranger.get(rp.authorize_url(id_token_hint=alice))
    assert is_at(stranger, "/login")


def test_hint_of_another_person_needs_that_person(app, rp, alice, factory):
    bob = Browser(app)
    factory.user("bob@example.com")
    rp.sign_in(bob, "bob@example.com")
    bob.left_for = None
    app_is_told(bob.http.get(rp.authorize_url(prompt="none", id_token_hint=alice)), "login_required")
    bob.get(rp.authorize_url(id_token_hint=alice))
    assert is_at(bob, "/login")
    bob.submit("identifier", identifier="alice@example.com", password=PASSWORD)
    assert rp.answer(bob.left_for)["code"]


def test_another_person_than_hinted_never_reaches_the_app(app, rp, alice, factory):
    bob = Browser(app)
    factory.user("bob@example.com")
    bob.get(rp.authorize_url(id_token_hint=alice))
    bob.submit("identifier", identifier="bob@example.com", password=PASSWORD)
    assert bob.left_for is None or "code=" not in bob.left_for
    assert not bob.path.startswith("/consent/")


def test_hint_of_a_person_who_is_gone_is_told_to_the_app(rp, browser, alice, arrange):
    arrange.execute(delete(User).where(User.email == "alice@example.com"))
    app_is_told(Browser(browser.app).http.get(rp.authorize_url(id_token_hint=alice)), "login_required")


def test_hint_issued_to_another_client_is_refused(app, browser, alice, factory):
    other = RelyingParty(app, *factory.client_with_secret(name="Other"))
    app_is_told(browser.http.get(other.authorize_url(id_token_hint=alice)), "invalid_request")


@pytest.mark.parametrize("spoil", [lambda t: t[:-4] + "AAAA", lambda t: "a.b.c", lambda t: t.rsplit(".", 1)[0] + "."])
def test_hint_that_is_not_ours_is_refused(rp, browser, alice, spoil):
    app_is_told(browser.http.get(rp.authorize_url(id_token_hint=spoil(alice))), "invalid_request")


def test_token_of_another_kind_is_no_hint(rp, browser, alice, arrange):
    claims = {"iss": "https://id.example.com", "sub": "x", "aud": rp.client_id, "exp": timestamp() + 60}
    for kind in ("at+jwt", "logout+jwt", "jwt"):
        token = arrange.run(keyring.sign, claims, typ=kind)
        app_is_told(browser.http.get(rp.authorize_url(id_token_hint=token)), "invalid_request")


def test_ui_locales_choose_the_language_of_every_page(rp, browser, factory):
    factory.user("alice@example.com")
    browser.get(rp.authorize_url(ui_locales="xx de-CH en"))
    assert '<html lang="de"' in browser.text
    browser.submit("identifier", identifier="alice@example.com", password=PASSWORD)
    assert browser.path.startswith("/consent/")
    assert '<html lang="de"' in browser.text


def test_unknown_locales_are_ignored(rp, browser):
    browser.get(rp.authorize_url(ui_locales="xx yy", claims_locales="fr de"))
    assert is_at(browser, "/login")


@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap"])
def test_every_display_is_known(rp, browser, display):
    browser.get(rp.authorize_url(display=display))
    assert is_at(browser, "/login")


def test_unknown_display_is_refused(rp, client):
    app_is_told(client.get(rp.authorize_url(display="hologram")), "invalid_request")


def test_acr_values_are_voluntary(rp, browser, factory):
    factory.user("alice@example.com")
    assert "code" in rp.authorize(browser, "alice@example.com", acr_values="urn:example:gold 2")


def test_hint_without_a_session_and_the_right_person_goes_through(app, rp, alice):
    again = Browser(app)
    again.get(rp.authorize_url(id_token_hint=alice))
    again.submit("identifier", identifier="alice@example.com", password=PASSWORD)
    assert rp.answer(again.left_for)["code"]


def test_session_of_the_wrong_person_can_be_left_by_the_page(app, rp, alice, factory):
    bob = Browser(app)
    signed_in(bob, factory, "bob@example.com")
    bob.get(rp.authorize_url(id_token_hint=alice))
    assert bob.form("identifier")
