"""Guessing passwords: counted before they are looked at, and never in the owner's way (groups LG, LO)."""

import statistics
import threading
import time

import pytest

from idp.accounts.credentials import recovery
from idp.accounts.lifecycle import states
from idp.audit.service import find_events
from idp.authn import password
from idp.authn.errors import TooManyTries, WrongCredentials
from idp.core.context import CallContext, set_context
from idp.limits import policy
from idp.outbox import service as outbox
from tests.actors import Browser
from tests.factories import PASSWORD, Factory

ALICE = "alice@example.com"
WRONG = "not my password at all"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE, username="alice")


def guess(app, name=ALICE, tries=1, password=WRONG):
    """Try a password from a browser of its own each time; return the last one."""
    for _number in range(tries):
        browser = Browser(app)
        browser.sign_in(name, password)
    return browser


def deliver(app):
    with app.app_context():
        outbox.deliver_due()


def mails(browser):
    return [mail for mail in browser.http.get("/dev/mail.json").json if mail["to"] == ALICE]


def test_lg01_after_five_wrong_passwords_the_right_one_waits_too(app, alice):
    assert guess(app, tries=5).status == 401
    refused = guess(app, password=PASSWORD)
    assert refused.status == 429
    assert int(refused.response.headers["Retry-After"]) == 300
    assert "Try again in 5 minutes, or reset your password." in refused.text
    assert refused.cookie("session") is None


def test_lg01_the_wait_grows_with_each_round(app, alice, clock):
    waits = []
    for _round in range(3):
        guess(app, tries=5)
        waits.append(int(guess(app).response.headers["Retry-After"]))
        clock.advance(waits[-1] + 1)
    assert waits == [300, 900, 3600]


def test_lg01_after_the_wait_the_right_password_works(app, alice, clock):
    guess(app, tries=6)
    clock.advance(301)
    assert guess(app, password=PASSWORD).path == "/account"


def test_lg01_names_of_one_account_share_one_counter(app, alice):
    guess(app, ALICE, tries=3)
    guess(app, "ALICE@example.com ", tries=2)
    assert guess(app, "alice").status == 429


def test_lg01_no_more_than_a_hundred_guesses_without_a_success(app, alice, clock, context, monkeypatch):
    monkeypatch.setattr(password, "check_password", lambda _user, _password: False)
    looked_at = 0
    for number in range(600):
        set_context(CallContext(ip=f"192.0.2.{number % 250}"))
        try:
            password.verify(ALICE, WRONG)
        except WrongCredentials:
            looked_at += 1
        except TooManyTries as error:
            clock.advance(min(error.retry_after, 3600) + 1)
    assert looked_at <= 100


def test_lg07_an_unknown_name_is_limited_like_a_known_one(app, alice):
    answers = []
    for name in (ALICE, "nobody@example.com"):
        browser = guess(app, name, tries=6)
        answers.append((browser.status, browser.response.headers["Retry-After"], "Too many tries" in browser.text))
    assert answers[0] == answers[1]


def test_lg04_the_owner_gets_in_on_a_browser_that_is_known(app, browser, alice):
    browser.sign_in(ALICE)
    browser.http.delete_cookie("__Host-idp_session", domain="id.example.com")
    guess(app, tries=8)
    browser.sign_in(ALICE)
    assert browser.path == "/account"


def test_lg04_a_known_browser_may_not_guess_for_ever_either(app, browser, alice):
    browser.sign_in(ALICE)
    browser.http.delete_cookie("__Host-idp_session", domain="id.example.com")
    for _number in range(policy.SIGN_IN_KNOWN_BROWSER.tries):
        browser.sign_in(ALICE, WRONG)
        assert browser.status == 401
    browser.sign_in(ALICE)
    assert browser.status == 429


def test_lg04_a_browser_known_to_one_account_is_a_stranger_to_another(app, browser, alice, factory):
    factory.user("mallory@example.com")
    browser.sign_in("mallory@example.com")
    browser.http.delete_cookie("__Host-idp_session", domain="id.example.com")
    for _number in range(5):
        browser.sign_in(ALICE, WRONG)
    browser.sign_in(ALICE)
    assert browser.status == 429


def test_lg04_a_success_in_a_known_browser_gives_strangers_no_new_guesses(app, browser, alice):
    browser.sign_in(ALICE)
    browser.http.delete_cookie("__Host-idp_session", domain="id.example.com")
    guess(app, tries=6)
    browser.sign_in(ALICE)
    assert guess(app).status == 429


def test_lg04_the_owner_gets_one_mail_and_its_link_lets_this_browser_in(app, browser, alice):
    for _round in range(3):
        guess(app, tries=8)
        deliver(app)
    received = mails(browser)
    assert len(received) == 1
    browser.get(next(link for link in received[0]["links"] if "/unlock/" in link))
    browser.submit()
    assert browser.path == "/login"
    guess(app, tries=8)
    browser.sign_in(ALICE)
    assert browser.path == "/account"


def test_lg04_nobody_is_mailed_for_an_unknown_name(app, browser, alice):
    guess(app, "nobody@example.com", tries=8)
    deliver(app)
    assert browser.http.get("/dev/mail.json").json == []


def test_lg04_a_reset_lets_the_owner_in_while_the_guessing_goes_on(app, browser, alice):
    guess(app, tries=8)
    browser.get("/forgot")
    browser.submit("email", email=ALICE)
    deliver(app)
    browser.get(next(link for mail in mails(browser) for link in mail["links"] if "/reset/" in link))
    browser.submit("new_password", new_password="seven purple elephants dance")
    guess(app, tries=8)
    browser.sign_in(ALICE, "seven purple elephants dance")
    assert browser.path == "/account"


def test_lg04_an_administrators_unlock_does_not_make_their_browser_known(app, alice):
    guess(app, tries=6)
    with app.test_request_context(base_url="https://id.example.com"):
        set_context(CallContext(browser_id="of an administrator", actor="user:administrator"))
        states.unlock(alice)
        assert not password.browsers.is_known(alice)
    assert guess(app).status == 401


def test_lg01_one_address_fails_a_hundred_times_whatever_the_accounts(context, factory, monkeypatch):
    monkeypatch.setattr(password, "check_password", lambda _user, _password: False)
    set_context(CallContext(ip="192.0.2.7"))
    for number in range(100):
        with pytest.raises(WrongCredentials):
            password.verify(f"person{number}@example.com", WRONG)
    with pytest.raises(TooManyTries):
        password.verify("somebody-else@example.com", WRONG)
    set_context(CallContext(ip="192.0.2.8"))
    with pytest.raises(WrongCredentials):
        password.verify("somebody-else@example.com", WRONG)


def test_lg01_while_many_accounts_are_tried_each_address_fails_less_often(context, factory, monkeypatch):
    monkeypatch.setattr(password, "check_password", lambda _user, _password: False)
    few = policy.Limit("sign_in_total", 20, policy.SIGN_IN_TOTAL.window, policy.SIGN_IN_TOTAL.waits)
    monkeypatch.setattr(password, "SIGN_IN_TOTAL", few)
    for number in range(21):
        set_context(CallContext(ip=f"192.0.2.{number}"))
        with pytest.raises(WrongCredentials):
            password.verify(f"person{number}@example.com", WRONG)
    assert [event.detail for event in find_events(tag="login.attacked")] == [{"tries": 20}]
    set_context(CallContext(ip="203.0.113.5"))
    for number in range(10):
        with pytest.raises(WrongCredentials):
            password.verify(f"other{number}@example.com", WRONG)
    with pytest.raises(TooManyTries):
        password.verify("one-more@example.com", WRONG)


def test_lg06_a_forged_forwarding_header_does_not_change_the_address(app, alice, context):
    browser = Browser(app)
    for number in range(61):
        browser.http.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
        browser.http.environ_base["HTTP_X_REAL_IP"] = browser.http.environ_base["HTTP_FORWARDED"] = "for=junk, ,;"
        browser.get("/login")
        browser.submit("identifier", identifier=f"person{number}@example.com", password=WRONG)
    assert browser.status == 429
    assert {event.ip for event in find_events(tag="login.failed")} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("ip", "network"), [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("x", "")]
)
def test_lg06_a_household_of_ipv6_is_one_network(ip, network):
    assert CallContext(ip=ip).network == network


def test_lg01_parallel_guesses_win_no_tries(app, alice, monkeypatch):
    looked_at = []

    def check(_user, _password):
        looked_at.append(1)
        time.sleep(0.2)
        return False

    monkeypatch.setattr(password, "check_password", check)

    def run():
        with app.test_request_context(base_url="https://id.example.com"):
            try:
                password.verify(ALICE, WRONG)
            except (WrongCredentials, TooManyTries):
                return

    threads = [threading.Thread(target=run) for _number in range(policy.SIGN_IN.tries + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == policy.SIGN_IN.tries


def test_mf03_confirming_in_a_session_is_limited_too(app, browser, alice, clock):
    browser.sign_in(ALICE)
    clock.advance(600)
    browser.get("/reauth?next=/account")
    for _number in range(5):
        browser.submit("password", password=WRONG)
        assert browser.status == 401
    browser.submit("password", password=PASSWORD)
    assert browser.status == 429
    assert browser.response.headers["Retry-After"]


def test_guesses_are_in_the_audit_trail_and_nothing_that_was_typed_is(app, alice):
    guess(app, tries=6)
    with app.app_context():
        failed = find_events(tag="login.failed")
        assert [event.detail["reason"] for event in failed] == ["limited", *["credentials"] * 5]
        assert {event.subject for event in failed} == {f"user:{alice}"}
        assert [event.detail for event in find_events(tag="login.locked")] == [{"seconds": 300}]
        assert WRONG not in repr([event.detail for event in find_events()])


def test_lg04_a_new_browser_is_told_to_the_owner_but_not_the_first(app, browser, alice):
    browser.sign_in(ALICE)
    assert mails(browser) == []
    browser.http.delete_cookie("__Host-idp_session", domain="id.example.com")
    browser.sign_in(ALICE)
    assert mails(browser) == []
    other = guess(app, password=PASSWORD)
    assert other.path == "/account"
    received = mails(browser)
    assert len(received) == 1
    assert any("/revoke/" in link for link in received[0]["links"])
    browser.get(next(link for link in received[0]["links"] if "/revoke/" in link))
    browser.submit()
    other.get("/account")
    assert other.path == "/login"


def test_lg05_after_this_was_not_me_the_thiefs_browser_is_a_stranger_again(app, alice):
    thief = guess(app, password=PASSWORD)
    with app.test_request_context(base_url="https://id.example.com"):
        set_context(CallContext(browser_id=thief.cookie("browser")))
        assert password.browsers.is_known(alice)
        states.lock(alice, reason=states.BY_OWNER)
        assert not password.browsers.is_known(alice)


def test_lg04_a_new_password_makes_other_browsers_strangers(app, alice):
    thief = guess(app, password=PASSWORD)
    with app.test_request_context(base_url="https://id.example.com"):
        set_context(CallContext(actor="cli:root"))
        recovery.set_password(alice, "seven purple elephants dance")
        set_context(CallContext(browser_id=thief.cookie("browser")))
        assert not password.browsers.is_known(alice)


@pytest.mark.slow
def test_lg07_unknown_and_known_names_take_the_same_time(make_app):
    app = make_app(passwords={"bcrypt_cost": 10})
    for number in range(30):
        Factory(app).user(f"known{number}@example.com")
    with app.test_request_context(base_url="https://id.example.com"):
        password.check_password(None, WRONG)
        times = {"known": [], "unknown": []}
        for number in range(30):
            for kind, taken in times.items():
                set_context(CallContext(ip=f"192.0.2.{number}"))
                begin = time.process_time()
                with pytest.raises(WrongCredentials):
                    password.verify(f"{kind}{number}@example.com", WRONG)
                taken.append(time.process_time() - begin)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.2 * max(known, unknown)
