"""prompt and max_age: OpenID Connect Core §3.1.2.1, §3.1.2.3; Initiating User Registration 1.0."""

import pytest
from sqlalchemy import select

from idp.sessions.models import Session
from tests.actors import RelyingParty
from tests.arrange import part
from tests.factories import PASSWORD
from tests.oauth.front import answer, app_is_told, is_at, signed_in
from tests.services import test_client


def allowed_before(rp, browser, factory):
    """A person who has signed in to the app and allowed it."""
    factory.user("alice@example.com")
    rp.sign_in(browser, "alice@example.com")
    browser.left_for = None


def auth_time(arrange):
    return arrange.rows(select(Session.auth_time))[0][0]


def test_none_without_anybody_is_told_to_the_app(rp, client):
    app_is_told(client.get(rp.authorize_url(prompt="none")), "login_required")


def test_none_without_consent_is_told_to_the_app(rp, browser, factory):
    signed_in(browser, factory)
    app_is_told(browser.http.get(rp.authorize_url(prompt="none")), "consent_required")


def test_none_with_session_and_consent_answers_without_a_page(rp, browser, factory):
    allowed_before(rp, browser, factory)
    told = answer(browser.http.get(rp.authorize_url(prompt="none")))
    assert rp.redeem(told["code"]).status_code == 200


def test_none_with_an_old_sign_in_is_told_to_the_app(rp, browser, factory, clock):
    allowed_before(rp, browser, factory)
    clock.advance(61)
    app_is_told(browser.http.get(rp.authorize_url(prompt="none", max_age="60")), "login_required")


def test_none_for_an_account_the_app_is_closed_to_is_told_to_the_app(app, browser, factory, arrange):
    rp = RelyingParty(app, *factory.client_with_secret(allowed_roles=["owner"]))
    signed_in(browser, factory)
    app_is_told(browser.http.get(rp.authorize_url(prompt="none")), "access_denied")


@pytest.mark.parametrize(
    "prompt",
    ["none login", "none consent", "login none", "none select_account", "none create", "bogus", "login bogus",
     "create login", "create select_account", "LOGIN"],
)  # fmt: skip
def test_prompt_that_makes_no_sense_is_refused(rp, client, prompt):
    app_is_told(client.get(rp.authorize_url(prompt=prompt)), "invalid_request")


def test_login_asks_for_the_password_although_signed_in(rp, browser, factory, arrange, clock):
    allowed_before(rp, browser, factory)
    before = auth_time(arrange)
    clock.advance(10)
    browser.get(rp.authorize_url(prompt="login"))
    assert is_at(browser, "/login")
    browser.get(browser.url)
    assert is_at(browser, "/login"), "a reload is no sign-in"
    browser.submit("password", password=PASSWORD)
    tokens = rp.redeem(rp.answer(browser.left_for)["code"]).json
    assert part(tokens["id_token"])["auth_time"] >= int(before.timestamp()) + 10
    assert len(arrange.rows(select(Session.id))) == 1


def test_login_cannot_be_skipped_by_going_to_the_resume_address(rp, browser, factory):
    allowed_before(rp, browser, factory)
    browser.get(rp.authorize_url(prompt="login"))
    flow = browser.form("password").fields["flow"]
    browser.get(f"/oauth/authorize/{flow}")
    assert is_at(browser, "/login")
    browser.get(f"/consent/{flow}")
    assert is_at(browser, "/login")


@pytest.mark.parametrize(("max_age", "age"), [("0", 0), ("1", 2), ("60", 60), ("60", 1700)])
def test_max_age_asks_again_when_the_sign_in_is_too_old(rp, browser, factory, clock, max_age, age):
    allowed_before(rp, browser, factory)
    clock.advance(age)
    browser.get(rp.authorize_url(max_age=max_age))
    assert is_at(browser, "/login")
    browser.submit("password", password=PASSWORD)
    assert rp.answer(browser.left_for)["code"]


def test_max_age_is_content_with_a_recent_sign_in(rp, browser, factory, clock):
    allowed_before(rp, browser, factory)
    clock.advance(59)
    assert answer(browser.http.get(rp.authorize_url(max_age="60")))["code"]


def test_max_age_is_counted_until_the_decision(rp, browser, factory, clock):
    signed_in(browser, factory)
    browser.get(rp.authorize_url(max_age="60"))
    clock.advance(90)
    browser.submit("decision", "allow")
    assert is_at(browser, "/login")


@pytest.mark.parametrize("value", ["-1", "1.5", "1e3", "abc", "1" * 10, " 1", "+1", "٣"])
def test_max_age_that_is_no_number_of_seconds_is_refused(rp, client, value):
    app_is_told(client.get(rp.authorize_url(max_age=value)), "invalid_request")


def test_default_max_age_of_the_client_holds_without_the_parameter(app, browser, factory, clock):
    rp = RelyingParty(app, *factory.client_with_secret(default_max_age=60))
    allowed_before(rp, browser, factory)
    clock.advance(61)
    app_is_told(browser.http.get(rp.authorize_url(prompt="none")), "login_required")
    assert answer(browser.http.get(rp.authorize_url(max_age="3600")))["code"]


def test_consent_is_asked_again_when_the_app_wants_it(rp, browser, factory):
    allowed_before(rp, browser, factory)
    browser.get(rp.authorize_url(prompt="consent"))
    assert browser.path.startswith("/consent/")
    browser.submit("decision", "allow")
    assert rp.answer(browser.left_for)["code"]


def test_login_and_consent_ask_for_both(rp, browser, factory, clock):
    allowed_before(rp, browser, factory)
    clock.advance(5)
    browser.get(rp.authorize_url(prompt="login consent"))
    assert is_at(browser, "/login")
    browser.submit("password", password=PASSWORD)
    assert browser.path.startswith("/consent/")


def test_select_account_lets_the_person_go_on_or_change(rp, browser, factory):
    allowed_before(rp, browser, factory)
    factory.user("bob@example.com", name="Bob Carter")
    browser.get(rp.authorize_url(prompt="select_account"))
    assert is_at(browser, "/login")
    assert "alice@example.com" in browser.text
    flow_page = browser.url
    browser.submit("decision", "continue")
    assert rp.answer(browser.left_for)["code"]
    browser.left_for = None
    browser.get(rp.authorize_url(prompt="select_account"))
    assert browser.url != flow_page
    browser.get(browser.url + "&switch=1")
    browser.submit("identifier", identifier="bob@example.com", password=PASSWORD)
    assert browser.path.startswith("/consent/")
    assert "bob@example.com" in browser.text


def test_create_begins_with_the_registration_page(rp, browser):
    browser.get(rp.authorize_url(prompt="create"))
    assert is_at(browser, "/register")


def test_create_with_a_session_begins_there_too_and_an_account_at_hand_will_do(rp, browser, factory):
    allowed_before(rp, browser, factory)
    browser.get(rp.authorize_url(prompt="create"))
    assert browser.path == "/register"
    flow = browser.form("new_password").fields["flow"]
    browser.get(f"/login?flow={flow}")
    browser.submit("decision", "continue")
    assert rp.answer(browser.left_for)["code"]


def test_create_is_unknown_where_nobody_may_register(make_app, factory):
    from tests.actors import RelyingParty

    closed = make_app(accounts={"registration": "closed"})
    rp = RelyingParty(closed, *factory.client_with_secret())
    app_is_told(test_client(closed).get(rp.authorize_url(prompt="create")), "invalid_request")
    supported = test_client(closed).get("/.well-known/openid-configuration").json["prompt_values_supported"]
    assert "create" not in supported
