"""The pages of connected apps: what was allowed, and taking it back."""

from sqlalchemy import func, select

from idp.audit.models import Event
from idp.oauth.authorize.models import Consent
from tests.actors import Browser, RelyingParty
from tests.factories import PASSWORD
from tests.oauth.front import app_is_told, is_at, signed_in


def test_strangers_are_sent_to_sign_in(client, rp):
    for path in ("/account/apps", f"/account/apps/{rp.client_id}"):
        assert client.get(path).headers["Location"].startswith("/login")


def test_list_begins_empty_and_names_what_was_allowed(rp, browser, factory):
    signed_in(browser, factory)
    browser.get("/account/apps")
    assert "Demo Shop" not in browser.text
    rp.authorize(browser, scope="openid email offline_access")
    browser.get("/account/apps")
    assert "Demo Shop" in browser.text
    browser.get(f"/account/apps/{rp.client_id}")
    assert "See your e-mail address" in browser.text
    assert "Keep access when you are away" in browser.text


def test_lo07_removing_access_ends_everything_and_asks_again(rp, browser, factory, arrange):
    factory.user("alice@example.com")
    first = rp.sign_in(browser, "alice@example.com", scope="openid email offline_access")
    second = rp.sign_in(browser, "alice@example.com", scope="openid email offline_access")
    unused = rp.authorize(browser, scope="openid")["code"]
    browser.left_for = None
    browser.get(f"/account/apps/{rp.client_id}")
    browser.submit()
    assert is_at(browser, "/account/apps")
    for tokens in (first, second):
        assert rp.userinfo(tokens["access_token"]).status_code == 401
        assert rp.introspect(tokens["access_token"]) == {"active": False}
        assert rp.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert rp.redeem(unused).json["error"] == "invalid_grant"
    assert arrange.rows(select(func.count()).select_from(Consent))[0][0] == 0
    app_is_told(browser.http.get(rp.authorize_url(prompt="none")), "consent_required")
    withdrawn = arrange.rows(select(Event.actor, Event.client_id).where(Event.tag == "consent.withdrawn"))
    assert [(row.actor[:5], row.client_id) for row in withdrawn] == [("user:", rp.client_id)]


def test_removing_one_app_or_person_spares_the_others(app, rp, browser, factory):
    other = RelyingParty(app, *factory.client_with_secret(name="Other"))
    factory.user("alice@example.com")
    rp.sign_in(browser, "alice@example.com")
    kept = other.sign_in(browser, "alice@example.com")
    bob = Browser(app)
    factory.user("bob@example.com")
    bobs = rp.sign_in(bob, "bob@example.com")
    browser.get(f"/account/apps/{rp.client_id}")
    browser.submit()
    assert other.userinfo(kept["access_token"]).status_code == 200
    assert rp.userinfo(bobs["access_token"]).status_code == 200
    browser.get("/account/apps")
    assert "Other" in browser.text


def test_app_of_the_house_is_listed_too_and_can_be_cut_off(app, browser, factory):
    rp = RelyingParty(app, *factory.client_with_secret(first_party=True, name="House App"))
    factory.user("alice@example.com")
    tokens = rp.sign_in(browser, "alice@example.com")
    browser.get("/account/apps")
    assert "House App" in browser.text
    browser.get(f"/account/apps/{rp.client_id}")
    browser.submit()
    assert rp.userinfo(tokens["access_token"]).status_code == 401


def test_lo07_removal_needs_a_fresh_sign_in_and_is_not_done_by_itself(rp, browser, factory, clock):
    factory.user("alice@example.com")
    tokens = rp.sign_in(browser, "alice@example.com")
    browser.get(f"/account/apps/{rp.client_id}")
    clock.advance(301)
    browser.submit()
    assert browser.path == "/reauth"
    browser.submit("password", password=PASSWORD)
    assert rp.userinfo(tokens["access_token"]).status_code == 200
    browser.submit()
    assert rp.userinfo(tokens["access_token"]).status_code == 401


def test_lo07_app_somebody_else_uses_is_unknown_to_me(app, rp, browser, factory):
    factory.user("alice@example.com")
    rp.sign_in(browser, "alice@example.com")
    mallory = Browser(app)
    signed_in(mallory, factory, "mallory@example.com")
    for client_id in (rp.client_id, "nobody", "x" * 300):
        mallory.get(f"/account/apps/{client_id}")
        assert mallory.status == 404
    mallory.get("/account/apps")
    token = mallory.form("csrf_token").fields["csrf_token"]
    assert mallory.http.post(f"/account/apps/{rp.client_id}/remove", data={"csrf_token": token}).status_code == 404


def test_removal_without_the_forms_token_is_refused(rp, browser, factory):
    factory.user("alice@example.com")
    tokens = rp.sign_in(browser, "alice@example.com")
    assert browser.http.post(f"/account/apps/{rp.client_id}/remove").status_code == 403
    assert rp.userinfo(tokens["access_token"]).status_code == 200
