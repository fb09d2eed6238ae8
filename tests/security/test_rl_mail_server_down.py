"""RL-03: a mail server that is down, slow or refusing is nobody's problem but the outbox's."""

import time

import pytest

from idp.accounts.credentials import recovery
from idp.accounts.service import find_by_email
from idp.core.db import transaction
from idp.outbox import service as outbox
from tests.actors import Browser
from tests.factories import PASSWORD
from tests.mail.sink import SmtpServer

ALICE = "alice@example.com"


@pytest.fixture
def smtp():
    server = SmtpServer()
    yield server
    server.stop()


@pytest.fixture
def mailing(make_app, smtp):
    """An application that sends by SMTP; made before the clock is moved."""
    return make_app(mail={"url": smtp.url})


@pytest.mark.parametrize("state", ["down", "hanging"])
def test_rl03_pages_answer_at_once_whatever_the_mail_server_does(mailing, factory, smtp, state):
    if state == "hanging":
        smtp.sink.mode = "hang"
        smtp.start()
    factory.user(ALICE)
    for path, fields in (("/forgot", {}), ("/register", {"new_password": PASSWORD})):
        for email in (ALICE, "nobody@example.com"):
            browser = Browser(mailing)
            browser.get(path)
            started = time.process_time()
            browser.submit("email", email=email, **fields)
            assert time.process_time() - started < 0.5
            assert browser.status == 200


def test_rl03_what_was_asked_while_it_was_down_arrives_afterwards_once(mailing, factory, smtp, clock):
    browsers = [Browser(mailing) for _number in range(10)]
    for number, browser in enumerate(browsers):
        browser.get("/register")
        browser.submit("email", email=f"person{number}@example.com", new_password=PASSWORD)
    with mailing.app_context():
        outbox.deliver_due()
        assert smtp.sink.mails == []
        smtp.start()
        clock.advance(11)
        outbox.deliver_due()
        outbox.deliver_due()
    assert sorted(to for (to,), _mail in smtp.sink.mails) == sorted(f"person{n}@example.com" for n in range(10))
    browser, mail = browsers[0], next(mail for (to,), mail in smtp.sink.mails if to == "person0@example.com")
    text = mail.get_body(["plain"]).get_content()
    browser.get(text[text.index("https://id.example.com/verify/") :].split()[0])
    browser.submit()
    with mailing.app_context():
        assert find_by_email("person0@example.com").email_verified


def test_rl03_nobody_learns_from_the_outbox_who_has_an_account(mailing, factory, smtp):
    factory.user(ALICE)
    smtp.start()
    for email in (ALICE, "nobody@example.com"):
        browser = Browser(mailing)
        browser.get("/forgot")
        browser.submit("email", email=email)
    with mailing.app_context():
        assert outbox.counts()["waiting"] == 2
        outbox.deliver_due()
        assert outbox.counts()["delivered"] == 2
    assert [to for (to,), _mail in smtp.sink.mails] == [ALICE]


def test_f05_token_and_mail_are_written_together_or_not_at_all(mailing, factory, smtp):
    factory.user(ALICE)
    with mailing.app_context(), mailing.test_request_context(base_url="https://id.example.com"):
        with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - what is rolled back
            recovery.send_reset(find_by_email(ALICE))
            raise RuntimeError
        assert outbox.counts()["waiting"] == 0
