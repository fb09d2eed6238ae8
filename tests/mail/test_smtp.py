"""Mails leave by a real SMTP conversation; what the server answers decides what happens next."""

import threading
import time
from datetime import timedelta

import pytest

from idp.audit.service import find_events
from idp.core.clock import now
from idp.core.db import transaction
from idp.mail import smtp as smtp_client
from idp.mail.errors import UnfitMail
from idp.mail.service import send_mail
from idp.outbox import service as outbox

LINK = "https://id.example.com/verify/abc"


def send(to="alice@example.com", **values):
    send_mail("hello", to=to, link=LINK, **values)


def work(clock=None, seconds=0):
    if clock:
        clock.advance(seconds)
    outbox.deliver_due()


def test_a_mail_arrives_with_both_parts(smtp_app, smtp):
    send()
    work()
    ((recipients, mail),) = smtp.sink.mails
    assert recipients == ["alice@example.com"]
    assert mail["To"] == "alice@example.com"
    assert mail["From"] == "Acme ID <no-reply@id.example.com>"
    assert mail["Subject"] == "Hello, Acme ID"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@id.example.com>")
    assert LINK in mail.get_body(["plain"]).get_content()
    assert f"href='{LINK}'" in mail.get_body(["html"]).get_content()
    assert outbox.counts()["delivered"] == 1


def test_a_mail_of_a_transaction_that_failed_is_never_sent(smtp_app, smtp):
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - what is rolled back
        send()
        raise RuntimeError
    work()
    assert smtp.sink.mails == []


def test_rl03_a_server_that_is_down_gets_the_mail_later_exactly_once(smtp_app, smtp, clock):
    smtp.stop()
    send()
    work()
    assert outbox.counts() == {"waiting": 1, "delivered": 0, "expired": 0, "dead": 0}
    smtp.start()
    for _second in range(3):
        work(clock, 10)
    assert len(smtp.sink.mails) == 1


def test_rl03_a_server_that_says_later_is_asked_later(smtp_app, smtp, clock):
    smtp.sink.mode = "451"
    send()
    work()
    assert outbox.counts()["waiting"] == 1
    smtp.sink.mode = "accept"
    work(clock, 10)
    assert len(smtp.sink.mails) == 1


@pytest.mark.parametrize("mode", ["550", "550 rcpt"])
def test_a_mail_that_is_refused_for_good_is_a_dead_letter_and_audited(smtp_app, smtp, clock, mode):
    smtp.sink.mode = mode
    send()
    work()
    smtp.sink.mode = "accept"
    work(clock, 100_000)
    assert smtp.sink.mails == []
    assert outbox.counts()["dead"] == 1
    (event,) = find_events(tag="mail.given_up")
    assert event.detail == {"template": "hello"}


def test_rl03_a_server_that_hangs_is_given_up_after_the_timeout(smtp_app, smtp, clock, monkeypatch):
    monkeypatch.setattr(smtp_client, "TIMEOUT", 0.3)
    smtp.sink.mode = "hang"
    send()
    started = time.monotonic()
    work()
    assert time.monotonic() - started < 3
    assert outbox.counts()["waiting"] == 1
    smtp.stop()
    smtp.sink.mode = "accept"
    smtp.start()
    work(clock, 10)
    assert len(smtp.sink.mails) == 1


def test_rl03_a_server_that_goes_silent_after_the_mail_gets_it_twice_at_most(smtp_app, smtp, clock):
    smtp.sink.mode = "close after data"
    send()
    for _try in range(6):
        work(clock, 1000)
    assert len(smtp.sink.mails) == 2
    first, second = (mail["Message-ID"] for _to, mail in smtp.sink.mails)
    assert first == second


def test_rl03_no_mail_is_sent_after_its_link_expired(smtp_app, smtp, clock):
    smtp.stop()
    send(expires_at=now() + timedelta(minutes=30))
    work()
    smtp.start()
    work(clock, 1801)
    assert smtp.sink.mails == []
    assert outbox.counts()["expired"] == 1


def test_rl03_two_workers_send_each_mail_once(smtp_app, smtp):
    for number in range(12):
        send(to=f"person{number}@example.com")

    def run():
        with smtp_app.app_context():
            outbox.deliver_due()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(to for (to,), _mail in smtp.sink.mails) == sorted(f"person{n}@example.com" for n in range(12))


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com\r\nBcc: b@evil.test", "a@example.com\nBcc: b@evil.test", "a@example.com, b@evil.test", "a@example.com,b@evil.test",
        '"a b"@example.com', "a@example.com>\r\nRCPT TO:<b@evil.test", "<a@example.com>", "", "a", "@example.com", "a@b c", "a" * 300 + "@example.com",
    ],
)  # fmt: skip
def test_lg18_an_address_that_could_break_out_of_its_header_is_refused(smtp_app, address):
    with pytest.raises(UnfitMail):
        send(to=address)


@pytest.mark.parametrize("subject", ["Hello\rBcc: b@evil.test", "Hello\x00", "", "Hello\u2028there"])
def test_lg18_a_subject_that_could_break_out_of_its_header_is_refused(smtp_app, subject):
    with pytest.raises(UnfitMail):
        send_mail("headline", to="a@example.com", subject=subject)


def test_a_subject_in_other_letters_arrives_whole(smtp_app, smtp):
    send_mail("headline", to="a@example.com", subject="Bestätige deine Adresse ✓")
    work()
    assert smtp.sink.mails[0][1]["Subject"] == "Bestätige deine Adresse ✓"


def test_the_server_s_password_is_never_sent_in_clear_to_another_machine(make_app, smtp, monkeypatch):
    app = make_app(mail={"url": f"smtp://user:hunter2hunter2@127.0.0.1:{smtp.port}"})
    monkeypatch.setattr(smtp_client, "is_loopback", lambda _host: False)
    with app.app_context(), pytest.raises(outbox.Unreachable) as refused:
        smtp_client.deliver(to="a@example.com", subject="x", text="x", html="x", message_id="1")
    assert "hunter2" not in str(refused.value)
    assert smtp.sink.mails == []


@pytest.mark.parametrize(
    ("url", "host", "port", "encrypted", "user"),
    [
        ("smtp://mail.example.com", "mail.example.com", 587, False, None),
        ("smtps://mail.example.com", "mail.example.com", 465, True, None),
        ("smtps://a%40b:s%2Fx@mail.example.com:2465", "mail.example.com", 2465, True, "a@b"),
    ],
)
def test_the_address_of_the_server_is_read_whole(make_app, url, host, port, encrypted, user):
    state = make_app(mail={"url": url}).extensions["mail"]
    assert (state.server, state.port, state.use_ssl, state.username) == (host, port, encrypted, user)
