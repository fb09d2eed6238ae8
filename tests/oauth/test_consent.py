"""Consent: asked once, with the person's own values, only for what is new, remembered, withdrawn."""

import pytest
from sqlalchemy import select

from idp.access import catalogue
from idp.access import service as access
from idp.audit.models import Event
from idp.clients import service as clients
from idp.oauth.authorize.models import Consent
from tests.actors import Browser, RelyingParty
from tests.factories import PASSWORD, SCOPES
from tests.oauth.front import answer, app_is_told, is_at, signed_in

ORDERS = "https://orders.example"


@pytest.fixture
def orders(arrange):
    """An API with two permissions, and a role that holds one of them."""
    arrange.run(_make_api)


def _make_api():
    catalogue.create_api(ORDERS, name="Orders")
    catalogue.add_permission(ORDERS, "orders.read", title="Read your orders")
    catalogue.add_permission(ORDERS, "orders.write", title="Change your orders")
    catalogue.add_to_role(catalogue.create_role("buyer"), ORDERS, "orders.read", actor="system")


@pytest.fixture
def shop(app, factory, orders):
    scopes = [*SCOPES, "orders.read", "orders.write"]
    return RelyingParty(app, *factory.client_with_secret(scopes=scopes, allowed_apis=[ORDERS]))


def at_consent(rp, browser, **parameters):
    browser.left_for = None
    browser.get(rp.authorize_url(**parameters))
    assert browser.left_for is None, browser.left_for
    assert browser.path.startswith("/consent/"), f"{browser.status} {browser.url}"
    return browser.text


def consents(arrange):
    return arrange.rows(select(Consent.user_id, Consent.client_id, Consent.scopes))


def test_page_names_app_account_destination_and_the_persons_own_values(rp, browser, factory):
    signed_in(browser, factory, name="Alice Baker", phone_number="+44 20 7946 0000")
    text = at_consent(rp, browser, scope="openid profile email phone offline_access")
    for shown in ("Demo Shop", "Alice Baker", "alice@example.com", "+44 20 7946 0000", "rp.example.com", rp.client_id):
        assert shown in text
    assert "Keep access when you are away, until you remove it" in text
    assert "Know that it is you" not in text


def test_scope_of_an_api_is_shown_in_the_administrators_words(shop, browser, factory):
    signed_in(browser, factory, roles=["buyer"])
    assert "Read your orders" in at_consent(shop, browser, scope="openid orders.read")


def test_scope_the_person_has_no_right_to_is_neither_shown_nor_granted(shop, browser, factory):
    signed_in(browser, factory, roles=["buyer"])
    text = at_consent(shop, browser, scope="openid orders.read orders.write")
    assert "Change your orders" not in text
    browser.submit("decision", "allow")
    told = shop.answer(browser.left_for)
    assert shop.redeem(told["code"]).json["scope"] == "openid orders.read"


def test_app_that_asks_only_for_what_the_person_lacks_is_told(shop, browser, factory):
    signed_in(browser, factory)
    app_is_told(browser.http.get(shop.authorize_url(scope="orders.write")), "access_denied")


def test_right_gained_after_the_page_was_shown_is_not_granted_by_it(shop, browser, factory, arrange):
    user_id = signed_in(browser, factory)
    at_consent(shop, browser, scope="openid orders.read")
    arrange.run(access.grant_role, user_id, "buyer", actor="system")
    browser.submit("decision", "allow")
    assert shop.redeem(shop.answer(browser.left_for)["code"]).json["scope"] == "openid"


def test_right_lost_after_the_page_was_shown_is_not_granted_any_more(shop, browser, factory, arrange):
    user_id = signed_in(browser, factory, roles=["buyer"])
    at_consent(shop, browser, scope="openid orders.read")
    arrange.run(access.revoke_role, user_id, "buyer", actor="system")
    browser.submit("decision", "allow")
    assert shop.redeem(shop.answer(browser.left_for)["code"]).json["scope"] == "openid"


def test_fields_of_the_request_in_the_form_change_nothing(rp, browser, factory):
    signed_in(browser, factory)
    at_consent(rp, browser, scope="openid")
    form = browser.form("decision")
    forged = {"scope": "openid email", "redirect_uri": "https://evil.example", "client_id": "x", "state": "forged"}
    browser.post(browser.url, {**form.fields, **forged, "decision": "allow"})
    told = rp.answer(browser.left_for)
    assert told["state"] == "st-1"
    assert rp.redeem(told["code"]).json["scope"] == "openid"


def test_consent_is_remembered_for_the_same_or_less(rp, browser, factory):
    signed_in(browser, factory)
    rp.authorize(browser)
    assert answer(browser.http.get(rp.authorize_url()))["code"]
    assert answer(browser.http.get(rp.authorize_url(scope="openid")))["code"]


def test_more_is_asked_for_and_only_that_is_new(rp, browser, factory):
    signed_in(browser, factory, phone_number="+44 20 7946 0000")
    rp.authorize(browser, scope="openid email")
    text = at_consent(rp, browser, scope="openid email phone")
    new, _, known = text.partition("Already allowed")
    assert "+44 20 7946 0000" in new
    assert "See your e-mail address" not in new.split("<form", 1)[1]
    assert "See your e-mail address" in known
    browser.submit("decision", "allow")
    assert answer(browser.http.get(rp.authorize_url(scope="openid email phone")))["code"]


def test_consent_of_one_app_or_person_is_not_anothers(app, rp, browser, factory):
    signed_in(browser, factory)
    rp.authorize(browser)
    other_app = RelyingParty(app, *factory.client_with_secret(name="Other"))
    at_consent(other_app, browser)
    other_person = Browser(app)
    signed_in(other_person, factory, "bob@example.com")
    at_consent(rp, other_person)


def test_denying_is_no_consent_and_takes_none_away(rp, browser, factory, arrange):
    signed_in(browser, factory)
    rp.authorize(browser, scope="openid")
    rp.authorize(browser, scope="openid email", decision="deny")
    assert [row.scopes for row in consents(arrange)] == [["openid"]]
    assert answer(browser.http.get(rp.authorize_url(scope="openid")))["code"]


@pytest.mark.parametrize("decision", ["", "yes", "ALLOW"])
def test_anything_but_the_two_buttons_shows_the_page_again(rp, browser, factory, arrange, decision):
    signed_in(browser, factory)
    at_consent(rp, browser)
    browser.post(browser.url, {**browser.form("decision").fields, "decision": decision})
    assert browser.status == 422
    assert not consents(arrange)


def test_app_of_the_house_asks_for_no_consent_unless_it_wants_to(app, browser, factory, arrange):
    rp = RelyingParty(app, *factory.client_with_secret(first_party=True))
    signed_in(browser, factory)
    assert answer(browser.http.get(rp.authorize_url()))["code"]
    assert not consents(arrange)
    at_consent(rp, browser, prompt="consent")


def test_page_is_for_the_person_it_was_made_for(rp, browser, factory):
    signed_in(browser, factory)
    at_consent(rp, browser)
    address = browser.url
    factory.user("bob@example.com")
    flow = address.rsplit("/", 1)[1]
    browser.get(f"/login?flow={flow}&switch=1")
    browser.submit("identifier", identifier="bob@example.com", password=PASSWORD)
    assert browser.path.startswith("/consent/")
    assert "bob@example.com" in browser.text
    assert "alice@example.com" not in browser.text


def test_signed_out_person_cannot_decide(rp, browser, factory, arrange):
    signed_in(browser, factory)
    at_consent(rp, browser)
    form, address = browser.form("decision"), browser.url
    browser.get("/logout")
    browser.submit("decision", "sign_out")
    browser.post(address, {**form.fields, "decision": "allow"})
    assert browser.status == 403
    assert not consents(arrange)
    browser.get(address)
    assert is_at(browser, "/login")


def test_decisions_are_recorded_with_their_scopes(rp, browser, factory, arrange):
    user_id = signed_in(browser, factory)
    rp.authorize(browser, scope="openid email")
    rp.authorize(browser, scope="openid email phone", decision="deny")
    query = (
        select(Event.tag, Event.actor, Event.client_id, Event.detail)
        .where(Event.tag.like("consent.%"))
        .order_by(Event.id)
    )
    granted, denied = arrange.rows(query)
    assert (granted.tag, granted.actor, granted.client_id) == ("consent.granted", f"user:{user_id}", rp.client_id)
    assert granted.detail["scopes"] == ["openid", "email"]
    assert (denied.tag, denied.actor) == ("consent.denied", f"user:{user_id}")


def test_app_name_cannot_bring_markup_or_turn_the_text_around(app, browser, factory):
    name = "<b>Shop</b> \u202eevil"
    rp = RelyingParty(app, *factory.client_with_secret(name=name))
    signed_in(browser, factory)
    text = at_consent(rp, browser)
    assert "<b>Shop</b>" not in text
    assert "<bdi>" in text


def test_deleted_client_takes_its_consents_along(rp, browser, factory, arrange):
    signed_in(browser, factory)
    rp.authorize(browser)
    arrange.run(clients.delete_client, rp.client_id)
    assert not consents(arrange)


def test_permission_of_one_api_is_no_consent_to_its_namesake_at_another(app, browser, factory, arrange, orders):
    def make_stock():
        catalogue.create_api("https://stock.example", name="Stock")
        catalogue.add_permission("https://stock.example", "orders.read", title="Read the stock")
        role = access.get_role("buyer")
        catalogue.add_to_role(role, "https://stock.example", "orders.read", actor="system")

    arrange.run(make_stock)
    apis = [ORDERS, "https://stock.example"]
    rp = RelyingParty(app, *factory.client_with_secret(scopes=["openid", "orders.read"], allowed_apis=apis))
    signed_in(browser, factory, roles=["buyer"])
    rp.authorize(browser, scope="openid orders.read", resource=ORDERS)
    assert answer(browser.http.get(rp.authorize_url(scope="openid orders.read", resource=ORDERS)))["code"]
    text = at_consent(rp, browser, scope="openid orders.read", resource="https://stock.example")
    assert "Read the stock" in text
    assert "Read your orders" not in text
