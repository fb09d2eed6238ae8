"""The development outbox shows mails as they would have gone out, and exists nowhere else."""

import pytest

from idp.core.db import db, transaction
from idp.mail.models import DevelopmentMail
from idp.mail.service import send_mail
from tests.services import test_client

LINK = "https://id.example.com/verify/abc"


def send(to="alice@example.com"):
    send_mail("hello", to=to, link=LINK)


def test_mails_are_listed_newest_first_with_their_links(shown_app):
    send("first@example.com")
    send("second@example.com")
    newest, oldest = test_client(shown_app).get("/dev/mail.json").json
    assert set(newest) == {"id", "to", "subject", "text", "html", "links", "sent_at"}
    assert (newest["to"], oldest["to"]) == ("second@example.com", "first@example.com")
    assert newest["subject"] == "Hello, Acme ID"
    assert newest["links"] == [LINK]
    assert newest["sent_at"].endswith("Z")
    assert newest["text"] == f"Open {LINK}\n"


def test_a_mail_of_a_transaction_that_failed_is_not_shown(shown_app):
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - what is rolled back
        send()
        raise RuntimeError
    assert test_client(shown_app).get("/dev/mail.json").json == []


def test_au06_mails_on_the_development_page_cannot_be_read_from_the_table(shown_app):
    send()
    row = db.session.execute(db.select(DevelopmentMail)).scalar_one()
    assert LINK not in row.body


@pytest.mark.parametrize("path", ["/dev/mail", "/dev/mail.json", "/dev/mail/01J00000000000000000000000"])
def test_the_pages_do_not_exist_where_mails_are_sent(smtp_app, path):
    assert test_client(smtp_app).get(path).status_code == 404


def test_the_pages_do_not_exist_in_production(make_app):
    app = make_app(mode="production", mail={"url": "smtps://mail.example.com"})
    assert test_client(app).get("/dev/mail.json").status_code == 404


def test_the_pages_show_both_parts_and_can_be_cleared(app, factory, browser):
    factory.user("alice@example.com")
    browser.get("/forgot")
    browser.submit("email", email="alice@example.com")
    browser.get("/dev/mail")
    assert browser.status == 200
    assert "alice@example.com" in browser.text
    (mail,) = browser.http.get("/dev/mail.json").json
    browser.get(f"/dev/mail/{mail['id']}")
    assert browser.status == 200
    assert all(f'href="{link}"' in browser.text for link in mail["links"])
    assert browser.get("/dev/mail/01J0000000000000000000000A").status_code == 404
    browser.get("/dev/mail")
    browser.post("/dev/mail/clear", {"csrf_token": browser.form().fields["csrf_token"]})
    assert browser.path == "/dev/mail"
    assert browser.http.get("/dev/mail.json").json == []
