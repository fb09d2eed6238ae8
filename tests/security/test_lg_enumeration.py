"""LG-07: nobody can find out by the account pages who has an account."""

import re
import statistics
import time

import pytest

from idp.accounts.lifecycle import states
from tests.actors import Browser
from tests.factories import PASSWORD

KINDS = ["unknown", "active", "unverified", "disabled", "locked", "without password"]
NONCE = re.compile(r'data-passkey="[^"]+"|nonce="[^"]+"|name="csrf_token" value="[0-9a-f]+"|\?v=[0-9a-f]+')


def make(app, factory, kind, email):
    if kind == "unknown":
        return
    fields = {"verified": kind != "unverified", "password": None if kind == "without password" else PASSWORD}
    user_id = factory.user(email, **fields)
    with app.app_context():
        if kind == "disabled":
            states.disable(user_id)
        elif kind == "locked":
            states.lock(user_id)


def stripped(browser):
    return NONCE.sub("", browser.text)


def shown(response):
    return sorted(
        (name, value)
        for name, value in response.headers
        if name not in {"X-Request-Id", "Set-Cookie", "Content-Security-Policy"}
    )


def answers(app, factory, visit):
    """What each kind of person sees, from a browser and a network of their own."""
    seen = {}
    for number, kind in enumerate(KINDS):
        email = f"x{number}@example.com"
        make(app, factory, kind, email)
        browser = Browser(app)
        visit(browser, email, {"environ_overrides": {"REMOTE_ADDR": f"10.0.0.{number}"}})
        seen[kind] = (browser.status, browser.url, shown(browser.response), stripped(browser).replace(email, "EMAIL"))
    return seen


def all_alike(seen):
    return all(answer == seen["unknown"] for answer in seen.values())


def test_lg07_forgot_answers_the_same_for_everybody(app, factory):
    def visit(browser, email, network):
        browser.get("/forgot")
        browser.post("/forgot", {"email": email, "csrf_token": browser.form("email").fields["csrf_token"]}, **network)

    assert all_alike(answers(app, factory, visit))


def test_lg07_register_answers_the_same_for_everybody(app, factory):
    def visit(browser, email, network):
        browser.get("/register")
        form = {"email": email, "new_password": PASSWORD, "csrf_token": browser.form("email").fields["csrf_token"]}
        browser.post("/register", form, **network)
        assert browser.path == "/verify"

    assert all_alike(answers(app, factory, visit))


def test_lg07_a_wrong_code_and_another_mail_answer_the_same_for_everybody(app, factory, clock):
    def visit(browser, email, network):
        browser.get("/register")
        token = browser.form("email").fields["csrf_token"]
        browser.post("/register", {"email": email, "new_password": PASSWORD, "csrf_token": token}, **network)
        browser.submit("code", code="000000")
        assert browser.status in {422, 303}
        browser.seen = stripped(browser)
        browser.post("/verify/resend", {"csrf_token": token}, **network)
        assert browser.status == 429

    assert all_alike(answers(app, factory, visit))


@pytest.mark.parametrize(("path", "fields"), [("/forgot", {}), ("/register", {"new_password": PASSWORD})])
def test_lg07_answers_take_the_same_time_for_everybody(app, factory, path, fields):
    browser = Browser(app)
    browser.get(path)
    token = browser.form("email").fields["csrf_token"]

    def spent(email, number):
        # The processor's time: what others on this machine do is not to be measured.
        started = time.process_time()
        response = browser.http.post(
            path,
            data={"email": email, "csrf_token": token, **fields},
            environ_overrides={"REMOTE_ADDR": f"10.1.{number // 250}.{number % 250}"},
        )
        assert response.status_code in {200, 303}
        return time.process_time() - started

    known, unknown = [], []
    for number in range(40):
        factory.user(f"known{number}@example.com")
    for number in range(40):
        known.append(spent(f"known{number}@example.com", 2 * number))
        unknown.append(spent(f"unknown{number}@example.com", 2 * number + 1))
    assert abs(statistics.median(known) - statistics.median(unknown)) < 0.01


def test_lg07_nobody_without_an_account_gets_a_mail_by_forgetting(browser, mailbox):
    browser.get("/forgot")
    browser.submit("email", email="nobody@example.com")
    assert mailbox("nobody@example.com").mails == []


def test_lg07_the_owner_of_a_known_address_learns_of_the_registration(browser, factory, mailbox):
    factory.user("alice@example.com", password=PASSWORD)
    browser.get("/register")
    browser.submit("email", email="ALICE@example.com", new_password="a stranger's own long phrase")
    mail = mailbox("alice@example.com").newest
    assert "/login" in mail["text"]
    assert "/forgot" in mail["text"]
    assert "/verify/" not in mail["text"]
