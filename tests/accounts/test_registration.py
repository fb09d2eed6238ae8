"""Registering: the mail, its link and its code, the way back to the app, and what strangers cannot do with it."""

import threading

import pytest
from sqlalchemy import func, select

from idp.accounts.lifecycle import registration
from idp.accounts.models import EmailToken, User
from idp.accounts.service import find_by_email
from idp.audit.service import find_events
from idp.core.db import db
from tests.actors import Browser
from tests.factories import PASSWORD
from tests.mailbox import Mailbox

ALICE = "alice@example.com"
FLOW = "01J0000000000000000000000A"


def register(browser, email=ALICE, password=PASSWORD, name="Alice Baker", query=""):
    browser.get("/register" + query)
    return browser.submit("email", email=email, new_password=password, name=name)


def person(app, email=ALICE):
    with app.app_context():
        return find_by_email(email)


def test_a_person_registers_and_confirms_by_the_link(app, browser, mailbox):
    register(browser)
    assert browser.path == "/verify"
    assert "a•••@example.com" in browser.text
    assert not person(app).email_verified
    browser.get(mailbox(ALICE).link("/verify/"))
    assert browser.path == "/verify/confirm"
    assert not person(app).email_verified
    browser.submit()
    assert browser.path == "/login"
    assert person(app).email_verified
    browser.sign_in(ALICE)
    assert browser.cookie("session")


def test_a_person_confirms_by_the_code_of_the_same_mail(app, browser, mailbox):
    register(browser)
    code = mailbox(ALICE).code
    browser.submit("code", code=f" {code[:3]}-{code[3:]} ")
    assert browser.path == "/login"
    assert person(app).email_verified


def test_the_code_works_only_in_the_browser_that_registered(app, browser, mailbox):
    register(browser)
    other = Browser(app)
    register(other, email="mallory@example.com")
    other.submit("code", code=mailbox(ALICE).code)
    assert other.status == 422
    assert not person(app).email_verified


def test_the_sixth_guess_at_a_code_is_refused_even_when_it_is_right(app, browser, mailbox):
    register(browser)
    code = mailbox(ALICE).code
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _guess in range(5):
        browser.submit("code", code=wrong)
        assert browser.status == 422
    browser.submit("code", code=code)
    assert browser.status == 429
    assert int(browser.response.headers["Retry-After"]) > 0
    assert not person(app).email_verified
    browser.get(mailbox(ALICE).link("/verify/"))
    browser.submit()
    assert person(app).email_verified


def test_the_link_works_in_another_browser_and_after_a_scanner_looked_at_it(app, browser, mailbox):
    register(browser)
    link = mailbox(ALICE).link("/verify/")
    for _visit in range(2):
        Browser(app).get(link)
    assert not person(app).email_verified
    other = Browser(app)
    other.get(link)
    other.submit()
    assert person(app).email_verified


def test_a_link_can_be_sent_by_post_itself(app, browser, mailbox):
    register(browser)
    link = mailbox(ALICE).link("/verify/")
    browser.get(link)
    browser.post(link, {"csrf_token": browser.form().fields["csrf_token"]})
    assert person(app).email_verified


def test_a_link_works_once(app, browser, mailbox):
    register(browser)
    link = mailbox(ALICE).link("/verify/")
    browser.get(link)
    browser.submit()
    browser.get(link)
    assert browser.status == 410
    assert "already used" in browser.text


def test_a_link_works_for_a_day(app, browser, mailbox, clock):
    register(browser)
    link = mailbox(ALICE).link("/verify/")
    clock.advance(24 * 3600 + 1)
    browser.get(link)
    assert browser.status == 410
    assert not person(app).email_verified


@pytest.mark.parametrize("token", ["x" * 43, "short", "a" * 500, "..%2f..", "%0d%0aSet-Cookie:x"])
def test_an_invented_link_says_that_it_does_not_work(browser, token):
    browser.get(f"/verify/{token}")
    assert browser.status in {404, 410}


def test_the_flow_comes_back_after_the_confirmation_in_the_same_browser(app, browser, mailbox):
    register(browser, query=f"?flow={FLOW}")
    browser.get(mailbox(ALICE).link("/verify/"))
    form = browser.form()
    response = browser.http.post("/verify/confirm", data=form.fields)
    assert response.headers["Location"] == f"/login?flow={FLOW}"


def test_the_flow_does_not_follow_into_another_browser(app, browser, mailbox):
    register(browser, query=f"?flow={FLOW}")
    other = Browser(app)
    other.get(mailbox(ALICE).link("/verify/"))
    response = other.http.post("/verify/confirm", data=other.form().fields)
    assert response.headers["Location"] == "/login"


@pytest.mark.parametrize("flow", ["https://evil.test", "//evil.test", "x" * 3000, "<b>", "../../x"])
def test_a_flow_that_is_no_id_is_left_out(browser, flow):
    browser.get("/register", query_string={"flow": flow})
    assert not browser.form("email").fields.get("flow")
    assert 'href="/login"' in browser.text


def test_a_second_mail_waits_a_minute_and_replaces_the_first(app, browser, mailbox, clock):
    register(browser)
    first, code = mailbox(ALICE).link("/verify/"), mailbox(ALICE).code
    browser.get("/verify")
    form = next(f for f in [browser.form()] if f)
    token = form.fields["csrf_token"]
    browser.post("/verify/resend", {"csrf_token": token})
    assert browser.status == 429
    assert 0 < int(browser.response.headers["Retry-After"]) <= 60
    assert "Too many tries" in browser.text
    assert len(mailbox(ALICE).mails) == 1
    clock.advance(61)
    browser.post("/verify/resend", {"csrf_token": token})
    assert browser.path == "/verify"
    assert len(mailbox(ALICE).mails) == 2
    assert Browser(app).get(first).status_code == 410
    browser.submit("code", code=code)
    assert browser.status == 422
    browser.submit("code", code=mailbox(ALICE).code)
    assert person(app).email_verified


def test_registering_twice_in_a_minute_keeps_the_code_of_the_first_mail_good(app, browser, mailbox):
    register(browser)
    register(browser)
    assert len(mailbox(ALICE).mails) == 1
    browser.submit("code", code=mailbox(ALICE).code)
    assert person(app).email_verified


def test_a_later_registration_voids_the_password_and_the_links_of_an_earlier_one(app, browser, mailbox, clock):
    mallory = Browser(app)
    register(mallory, password="mallory wants your account badly")
    stolen = mailbox(ALICE).link("/verify/")
    clock.advance(61)
    register(browser)
    assert Browser(app).get(stolen).status_code == 410
    browser.get(mailbox(ALICE).link("/verify/"))
    browser.submit()
    mallory.sign_in(ALICE, "mallory wants your account badly")
    assert not mallory.cookie("session")
    browser.sign_in(ALICE)
    assert browser.cookie("session")


def test_a_registration_cannot_replace_an_account_that_an_administrator_made(app, browser, factory, mailbox):
    user_id = factory.user(ALICE, verified=False, roles=["admin"])
    register(browser, password="mallory wants your account badly")
    with app.app_context():
        assert db.session.get(User, user_id).name == "Alice Baker"
    assert "/verify/" not in mailbox(ALICE).newest["text"]
    with app.app_context():
        from idp.accounts.credentials.passwords import check_password

        assert check_password(find_by_email(ALICE), PASSWORD)


def test_what_was_typed_stays_after_an_error_except_the_password(browser):
    register(browser, email="alice@example.com", password="too short", name="Alice Baker")
    assert browser.status == 422
    fields = browser.form("email").fields
    assert (fields["email"], fields["name"], fields["new_password"]) == (ALICE, "Alice Baker", "")
    assert "too short" not in browser.text
    assert browser.title.startswith("Error:")


@pytest.mark.parametrize("email", ["", "alice", "alice@", "@example.com", "a b@example.com", "alice@example..com"])
def test_an_address_that_is_none_is_refused_beside_its_field(browser, email):
    register(browser, email=email)
    assert browser.status == 422
    assert 'aria-invalid="true"' in browser.text


def test_the_name_is_optional_and_cleaned(app, browser):
    register(browser, name="  Alice\t \u202eBaker \u0007 ")
    assert person(app).name == "Alice Baker"


def test_terms_must_be_accepted_where_there_are_some(make_app, mailbox):
    app = make_app(brand={"terms_url": "https://id.example.com/terms"})
    browser = Browser(app)
    register(browser)
    assert browser.status == 422
    browser.get("/register")
    browser.submit("email", email=ALICE, new_password=PASSWORD, accept_terms="y")
    assert browser.path == "/verify"
    assert person(app).terms_accepted_at is not None


def test_sb_concurrent_registrations_of_one_address_make_one_account(app):
    errors = []

    def run(number):
        with app.app_context(), app.test_request_context(base_url="https://id.example.com"):
            try:
                registration.register(ALICE, name="", password=PASSWORD, browser=f"browser{number}")
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with app.app_context():
        assert db.session.execute(select(func.count()).select_from(User)).scalar() == 1


def test_two_browsers_cannot_both_use_one_link(app, browser, mailbox):
    register(browser)
    token = mailbox(ALICE).link("/verify/").rsplit("/", 1)[1]
    outcomes = []

    def run():
        with app.app_context(), app.test_request_context(base_url="https://id.example.com"):
            try:
                registration.confirm_by_link(token)
                outcomes.append("confirmed")
            except Exception as error:
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=run) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["DeadLink"] * 7 + ["confirmed"]


def test_au06_no_secret_of_a_mail_is_in_the_database(app, browser, mailbox):
    register(browser)
    box = mailbox(ALICE)
    token, code = box.link("/verify/").rsplit("/", 1)[1], box.code
    with app.app_context():
        for table in db.metadata.sorted_tables:
            dump = repr(db.session.execute(table.select()).all())
            assert token not in dump
            assert PASSWORD not in dump
            assert code not in dump or table.name == "audit_events"
        row = db.session.execute(select(EmailToken)).scalar_one()
        assert len(row.digest) == len(row.code_digest) == 64


def test_au01_registration_and_confirmation_are_recorded(app, browser, mailbox):
    register(browser)
    browser.submit("code", code=mailbox(ALICE).code)
    with app.app_context():
        user = find_by_email(ALICE)
        tags = [event.tag for event in find_events(subject=f"user:{user.id}")]
    assert [tag for tag in tags if tag != "mail.sent"][-2:] == ["email.verified", "account.registered"]


def test_waiting_for_a_mail_without_having_registered_leads_to_sign_in(browser):
    browser.get("/verify")
    assert browser.path == "/login"
    assert Mailbox(browser.app, ALICE).mails == []
