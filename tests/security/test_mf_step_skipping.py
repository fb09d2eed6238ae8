"""Step skipping: each page of each flow by its address, by an empty form, from behind and from a second tab."""

import re

import pytest

from idp.accounts.credentials import recovery
from idp.accounts.models import User
from idp.core.clock import now
from idp.core.db import db
from idp.sessions.models import Session
from tests.actors import Browser
from tests.authenticator import Authenticator, options_of
from tests.factories import PASSWORD

ALICE = "alice@example.com"
STEPS = ("enrol", "password", "terms", "profile", "passkey")
ADDRESSES = (
    "/login", "/login/verify", *(f"/login/required/{step}" for step in STEPS), "/login/passkey", "/login/email",
    "/login/email/code", "/login/email/confirm", "/login/accounts", "/reauth", "/reauth/held", "/verify", "/consent",
)  # fmt: skip
EAGER = {
    "decision": "continue", "saved": "y", "way": "recovery", "trust": "on", "code": "", "remember": "on",
    "name": "", "new_password": "", "password": "", "identifier": "",
}  # fmt: skip


def second_step(factory, arrange):
    factory.totp(factory.user(ALICE))


def forced_enrolment(factory, arrange):
    factory.user(ALICE)


def new_password(factory, arrange):
    arrange.run(recovery.set_password, factory.user(ALICE), PASSWORD, must_change=True)


def terms_and_name(factory, arrange):
    factory.user(ALICE, name="")


def unconfirmed(factory, arrange):
    factory.user(ALICE, verified=False, self_registered=True)


FLOWS = {
    "second step": (second_step, {}),
    "forced enrolment": (forced_enrolment, {"second_step": {"required": "everyone"}}),
    "new password": (new_password, {}),
    "terms and name": (
        terms_and_name,
        {"brand": {"terms_url": "https://example.com/terms"}, "accounts": {"require_name": True}},
    ),
    "unconfirmed address": (unconfirmed, {}),
}


@pytest.fixture(params=FLOWS)
def stuck(request, make_app, factory, arrange):
    """A browser that knows the password and has a step before it; where it stands."""
    prepare, settings = FLOWS[request.param]
    prepare(factory, arrange)
    browser = Browser(make_app(**settings))
    browser.sign_in(ALICE)
    assert browser.cookie("session") is None
    return browser


def flow_of(browser):
    found = re.search(r'name="flow" value="(\w+)"|[?&]flow=(\w+)', browser.text + browser.url)
    return next(filter(None, found.groups())) if found else ""


def nobody(browser):
    """Nobody is signed in, whatever was tried."""
    assert browser.cookie("session") is None, browser.url
    with browser.app.app_context():
        assert db.session.query(Session).filter(Session.ended_at.is_(None)).count() == 0
    return True


def test_mf04_no_address_leads_past_the_step(stuck):
    flow = flow_of(stuck)
    for address in ADDRESSES:
        for query in ({"flow": flow}, {"flow": flow, "switch": "1"}, {"flow": flow, "way": "recovery"}, {}):
            stuck.get(address, query_string=query)
            assert nobody(stuck)
    stuck.get("/account")
    assert stuck.path == "/login"


def test_mf04_no_empty_or_eager_form_leads_past_the_step(stuck):
    flow, form = flow_of(stuck), stuck.form()
    token = form.fields["csrf_token"]
    for address in ADDRESSES:
        for values in ({}, EAGER, {**EAGER, "decision": "accept"}, {**EAGER, "decision": "later"}):
            stuck.http.post(address, data={**values, "csrf_token": token, "flow": flow}, base_url=stuck.issuer)
            assert nobody(stuck)
    stuck.get("/account")
    assert stuck.path == "/login"


def test_mf04_the_back_button_and_a_second_tab_lead_nowhere(stuck):
    """The password page again, the page of the step again, and a new sign-in beside it."""
    page, form = stuck.url, stuck.form()
    stuck.get("/login")
    assert nobody(stuck)
    stuck.sign_in(ALICE)
    assert nobody(stuck)
    stuck.get(page)
    stuck.post(form.action or page, {name: value for name, value in form.fields.items() if value})
    assert nobody(stuck)
    stuck.get("/login")
    stuck.submit("identifier", identifier=ALICE, password="wrong")
    assert nobody(stuck)


def test_mf04_a_step_of_one_person_is_no_step_of_another(make_app, factory, arrange, app):
    """Who begins as Alice and goes on as Bob has Bob's factors and nothing of Alice."""
    alice = factory.user(ALICE)
    factory.totp(alice)
    bob = factory.user("bob@example.com")
    browser = Browser(app)
    browser.sign_in(ALICE)
    flow = flow_of(browser)
    browser.get("/login", query_string={"flow": flow, "switch": "1"})
    browser.submit("identifier", identifier="bob@example.com", password=PASSWORD)
    with app.app_context():
        owners = [row.user_id for row in db.session.query(Session)]
    assert owners == [bob]
    browser.get("/login/verify", query_string={"flow": flow})
    assert browser.path != "/login/verify" or ALICE not in browser.text


def test_mf04_a_passkey_of_somebody_else_is_no_second_step(app, factory):
    factory.user("bob@example.com")
    bob, key = Browser(app), Authenticator()
    bob.sign_in("bob@example.com")
    bob.get("/account/passkeys")
    bob.press("/account/passkeys/new")
    bob.submit("code", code=key.create(options_of(bob.text)))
    alice = factory.user(ALICE)
    factory.totp(alice)
    browser = Browser(app)
    browser.sign_in(ALICE)
    flow = flow_of(browser)
    browser.get("/login/passkey", query_string={"flow": flow})
    if browser.path == "/login/passkey":
        form = browser.form("code")
        browser.post("/login/passkey", {**form.fields, "code": key.get(options_of(browser.text))})
    with app.app_context():
        assert db.session.query(Session).filter(Session.user_id == alice).count() == 0
        assert db.session.get(User, alice).second_step_since <= now()
