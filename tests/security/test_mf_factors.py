"""MF-01, MF-03, MF-04, MF-06, MF-08 and LG-14: no way around a factor, and tokens that tell the truth about it."""

import pytest
from sqlalchemy import update

from idp.access.models import Role
from idp.accounts.credentials import recovery
from idp.accounts.models import User
from idp.authn.models import RecoveryCode
from idp.clients import service as clients
from idp.clients.models import Client
from idp.core.clock import now
from idp.core.db import db
from idp.sessions.models import Session
from tests.actors import Browser, query
from tests.arrange import part
from tests.factories import PASSWORD

ALICE = "alice@example.com"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


def begin(app):
    browser = Browser(app)
    browser.sign_in(ALICE)
    return browser


def session_of(app, user_id):
    with app.app_context():
        return db.session.query(Session).filter(Session.user_id == user_id, Session.ended_at.is_(None)).one()


def claims_of(rp, browser, **asked):
    """The ID token of an app's request, answered on the way."""
    browser.get(rp.authorize_url(scope="openid", **asked))
    if browser.path.startswith("/consent"):
        browser.submit("decision", "allow")
    code = query(browser.left_for)["code"][0]
    return part(rp.redeem(code).json["id_token"])


@pytest.mark.parametrize("steps", [0, -1], ids=["the same code", "the code before it"])
def test_mf01_a_code_and_those_before_it_are_refused_for_ever(app, factory, alice, steps, clock):
    seed = factory.totp(alice)
    code = factory.code(seed, steps)
    begin(app).submit("code", code=factory.code(seed))
    again = begin(app)
    for _turn in range(2):
        again.submit("code", code=code)
        assert again.status == 401
        assert again.cookie("session") is None
    clock.advance(31)
    late = begin(app)
    late.submit("code", code=code)
    assert late.status == 401


def test_mf01_a_code_used_before_an_act_is_used_up_for_a_sign_in(app, browser, factory, alice, clock):
    seed = factory.totp(alice)
    browser.sign_in(ALICE)
    browser.submit("code", code=factory.code(seed))
    clock.advance(6 * 60)
    browser.get("/account/passkeys")
    browser.press("/account/passkeys/new")
    browser.submit("password", password=PASSWORD)
    code = factory.code(seed)
    browser.submit("code", code=code)
    other = begin(app)
    other.submit("code", code=code)
    assert other.status == 401


def test_mf03_five_codes_a_sign_in_and_no_more(app, factory, alice, monkeypatch):
    from idp.limits import policy

    monkeypatch.setattr(
        "idp.authn.second_step.SECOND_STEP", policy._plain("second_step", 50, policy.SECOND_STEP.window)
    )
    seed = factory.totp(alice)
    browser = begin(app)
    for _try in range(5):
        browser.submit("code", code="000000")
        assert browser.status == 401
    browser.submit("code", code=factory.code(seed))
    assert browser.cookie("session") is None
    assert "Sign in again" in browser.text


def test_mf03_fresh_sign_ins_and_right_passwords_give_no_new_tries(app, factory, alice):
    """The account's own counter: a thief who knows the password begins anew as often as they like."""
    seed = factory.totp(alice)
    tried = 0
    for number in range(4):
        thief = Browser(app)
        thief.http.environ_base["REMOTE_ADDR"] = f"198.51.100.{number + 1}"
        thief.sign_in(ALICE)
        for _try in range(3):
            thief.submit("code", code="000000")
            tried += thief.status == 401
    assert tried == 5
    last = begin(app)
    last.submit("code", code=factory.code(seed))
    assert last.status == 429
    assert last.cookie("session") is None


def test_mf03_recovery_codes_are_counted_with_the_others(app, factory, alice):
    factory.totp(alice)
    code = factory.recovery_codes(alice)[0]
    browser = begin(app)
    browser.get(browser.url + "&way=recovery")
    for _try in range(5):
        browser.submit("code", code="aaaa-bbbb-cccc")
    browser.submit("code", code=code)
    assert browser.cookie("session") is None


@pytest.mark.parametrize(
    "path",
    ["/account", "/account/password", "/account/profile", "/account/email", "/account/security", "/account/passkeys",
     "/account/sessions", "/account/apps", "/account/activity", "/account/activity.json", "/account/preferences",
     "/account/data", "/account/not-me", "/account/security/browsers", "/reauth", "/device", "/logout"],
)  # fmt: skip
def test_mf04_a_password_alone_reaches_no_page(app, factory, alice, path):
    factory.totp(alice)
    browser = begin(app)
    browser.get(path)
    assert browser.path in {"/login", "/logged-out", "/signed-out", "/device", "/logout/done"}
    assert ALICE not in browser.text
    assert browser.cookie("session") is None


def test_mf04_a_password_alone_sends_no_form(app, factory, alice):
    """Every posting route of the account, with the token of a page of the sign-in."""
    factory.totp(alice)
    browser = begin(app)
    token = browser.form("code").fields["csrf_token"]
    rules = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and rule.rule.startswith("/account")]
    assert len(rules) > 15
    for rule in rules:
        address = rule.rule.replace("<session_id>", "x").replace("<passkey_id>", "x").replace("<client_id>", "x")
        address = address.replace("<browser_id>", "x").replace("<flow>", "x")
        response = browser.http.post(address, data={"csrf_token": token}, base_url=browser.issuer)
        assert response.status_code in {302, 303, 401, 403, 404}, address
        assert "/login" in response.headers.get("Location", "/login"), address


def test_mf06_a_recovery_code_is_good_once_even_at_the_same_moment(app, factory, alice):
    factory.totp(alice)
    code = factory.recovery_codes(alice)[0]
    browsers = [begin(app), begin(app)]
    for browser in browsers:
        browser.get(browser.url + "&way=recovery")
    for browser in browsers:
        browser.submit("code", code=code)
    assert [browser.cookie("session") is not None for browser in browsers] == [True, False]
    with app.app_context():
        kept = [row.digest for row in db.session.query(RecoveryCode)]
    assert code.replace("-", "") not in "".join(kept)


def test_mf08_a_second_step_is_told_and_nothing_more(app, browser, factory, alice, rp, clock):
    seed = factory.totp(alice)
    browser.sign_in(ALICE)
    clock.advance(30)
    browser.submit("code", code=factory.code(seed))
    claims = claims_of(rp, browser)
    assert (claims["acr"], claims["amr"]) == ("2", ["pwd", "otp", "mfa"])
    assert claims["auth_time"] <= int(now().timestamp()) - 29


def test_mf08_a_recovery_code_is_told_as_what_it_is(app, browser, factory, alice, rp):
    factory.totp(alice)
    code = factory.recovery_codes(alice)[0]
    browser.sign_in(ALICE)
    browser.get(browser.url + "&way=recovery")
    browser.submit("code", code=code)
    assert "recovery" in claims_of(rp, browser)["amr"]


def test_mf08_a_trusted_browser_is_one_factor_and_satisfies_no_step_up(app, browser, factory, alice, rp):
    seed = factory.totp(alice)
    browser.sign_in(ALICE)
    browser.submit("code", code=factory.code(seed), trust="on")
    browser.get("/logout")
    browser.submit("decision", "sign_out")
    browser.sign_in(ALICE)
    assert browser.path == "/account"
    claims = claims_of(rp, browser)
    assert (claims["acr"], claims["amr"]) == ("1", ["pwd"])
    browser.get(rp.authorize_url(scope="openid", acr_values="2"))
    assert browser.path == "/login/verify"


def test_mf08_a_mailed_link_is_told_and_is_one_factor(app, browser, alice, rp, mailbox):
    browser.get("/login/email")
    browser.submit("email", email=ALICE)
    browser.submit("code", code=mailbox(ALICE).code)
    claims = claims_of(rp, browser)
    assert (claims["acr"], claims["amr"]) == ("1", ["email"])


def test_mf08_an_old_session_is_as_old_as_it_is(app, browser, alice, rp, clock):
    browser.sign_in(ALICE)
    began = int(now().timestamp())
    clock.advance(20 * 60)
    browser.get("/account")
    assert abs(claims_of(rp, browser)["auth_time"] - began) <= 2


def test_mf08_a_step_up_adds_to_the_session_and_makes_it_no_younger(app, browser, factory, alice, rp, clock):
    seed = factory.totp(alice, on=False)
    browser.sign_in(ALICE)
    began = session_of(app, alice).auth_time
    clock.advance(60)
    browser.get(rp.authorize_url(scope="openid", acr_values="2"))
    browser.submit("code", code=factory.code(seed))
    session = session_of(app, alice)
    assert session.acr == "2"
    assert abs((session.auth_time - began).total_seconds()) < 1


def test_an_app_can_demand_two_factors_and_nobody_gets_on_with_one(app, browser, factory, alice, rp, arrange):
    arrange.execute(update(Client).where(Client.id == rp.client_id).values(require_second_step=True))
    arrange.run(clients.forget)
    browser.sign_in(ALICE)
    browser.get(rp.authorize_url(scope="openid"))
    assert browser.path == "/login/required/enrol"
    for prompt in ({}, {"prompt": "none"}, {"max_age": "0"}):
        browser.left_for = None
        browser.get(rp.authorize_url(scope="openid", **prompt))
        assert browser.left_for is None or "code=" not in browser.left_for


def test_a_role_can_demand_two_factors(app, browser, factory, arrange):
    factory.user(ALICE, roles=("auditor",))
    arrange.execute(update(Role).where(Role.name == "auditor").values(require_second_step=True))
    browser.sign_in(ALICE)
    assert browser.path == "/login/required/enrol"
    assert browser.cookie("session") is None


def test_everyone_can_be_asked_for_two_factors(make_app, alice):
    browser = Browser(make_app(second_step={"required": "everyone"}))
    browser.sign_in(ALICE)
    assert browser.path == "/login/required/enrol"


def test_lg14_a_reset_leaves_the_second_step_and_ends_the_rest(app, factory, alice, mailbox, rp, arrange):
    seed = factory.totp(alice)
    signed_in = begin(app)
    signed_in.submit("code", code=factory.code(seed), trust="on")
    arranged = arrange.session(factory.user("bob@example.com"))
    tokens = arrange.tokens(rp, alice)
    stranger = Browser(app)
    stranger.get("/forgot")
    stranger.submit("email", email=ALICE)
    stranger.get(mailbox(ALICE).link("/reset/"))
    stranger.submit("new_password", new_password="another quite unrelated phrase")
    signed_in.get("/account")
    assert signed_in.path == "/login"
    assert rp.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    for browser in (stranger, signed_in):
        browser.sign_in(ALICE, "another quite unrelated phrase")
        assert browser.path == "/login/verify", "a browser trusted beside the old password is asked again"
    with app.app_context():
        assert db.session.query(Session).filter(Session.ended_at.is_(None), Session.id != arranged).count() == 0
    assert "Your password was changed" in [mail["subject"] for mail in mailbox(ALICE).mails]


def test_lg05_a_locked_account_is_locked_at_the_second_step_too(app, factory, alice, arrange):
    seed = factory.totp(alice)
    browser = begin(app)
    arrange.execute(update(User).where(User.id == alice).values(locked_at=now(), lock_reason="admin"))
    browser.submit("code", code=factory.code(seed))
    assert browser.cookie("session") is None
    assert recovery
