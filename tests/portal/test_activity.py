"""What happened with one's account, in words; its files; and «This wasn't me»."""

import csv
import io
import json

import pytest

from idp.accounts.lifecycle.states import BY_OWNER
from idp.audit.tags import Tag
from idp.core.db import db
from idp.gallery.mails import MAILS
from idp.portal.activity import KINDS, SENTENCES
from idp.portal.mail_titles import TITLES
from tests.actors import Browser

ALICE, BOB = "alice@example.com", "bob@example.com"
NOT_A_PERSONS = {"test"}


@pytest.fixture
def alice(factory, browser):
    user_id = factory.user(ALICE)
    browser.sign_in(ALICE)
    return user_id


def test_events_are_told_in_words_and_only_ones_own(browser, alice, factory, app):
    factory.user(BOB)
    Browser(app).sign_in(BOB)
    browser.get("/account/activity")
    assert browser.text.count("Signed in with your password") == 2
    browser.get("/account/activity?kind=security")
    assert "Signed in with your password" not in browser.text.split("<main")[1]


def test_pages_of_25_follow_each_other(browser, alice, arrange):
    from idp.audit.service import record

    for _number in range(60):
        arrange.run(record, Tag.PASSKEY_RENAMED, subject=f"user:{alice}")
    browser.get("/account/activity")
    seen = browser.text.count("Wasn’t you?")
    older = browser.text.split('href="/account/activity?before=')[1].split('"')[0]
    browser.get(f"/account/activity?before={older}")
    assert (seen, browser.text.count("Wasn’t you?")) == (25, 25)
    assert "Newest" in browser.text


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=-1", "before=" + "9" * 40, "kind=nope", "since=2026-13-45", "until=%00", "since=x&until=y"],
)
def test_made_up_filters_filter_nothing_or_are_refused(browser, alice, query):
    browser.get(f"/account/activity?{query}")
    assert browser.status in {200, 400}


def test_days_are_whole(browser, alice, clock):
    browser.get("/account/activity?since=2000-01-01&until=2000-01-02")
    assert "Nothing to show" in browser.text


def test_events_are_downloaded_as_csv_and_json(browser, alice):
    browser.get("/account/activity.json")
    events = json.loads(browser.text)
    assert events[0]["event"] == "Signed in with your password"
    browser.get("/account/activity.csv?kind=sign_in")
    rows = list(csv.DictReader(io.StringIO(browser.text)))
    assert {row["kind"] for row in rows} == {"sign_in"}
    assert "attachment" in browser.response.headers["Content-Disposition"]


def test_this_was_not_me_locks_the_account_until_its_password_is_another(app, browser, alice, mailbox):
    from idp.accounts.models import User

    other = Browser(app)
    other.sign_in(ALICE)
    browser.get("/account/activity")
    browser.get("/account/not-me")
    browser.submit()
    assert "Your account is locked" in browser.text
    for each in (browser, other):
        each.get("/account")
        assert each.path == "/login"
    with app.app_context():
        assert db.session.get(User, alice).lock_reason == BY_OWNER


def test_every_kind_has_sentences_and_every_sentence_a_kind():
    assert {kind for kind, _says in SENTENCES.values()} == KINDS.keys()


def test_every_mail_to_a_person_has_a_title():
    assert MAILS.keys() - NOT_A_PERSONS == TITLES.keys()


def test_mails_are_told(browser, alice, app):
    browser.get("/account/password")
    browser.submit("password", password="correct horse battery staple", new_password="another quite unrelated phrase")
    browser.get("/account/activity?kind=mail")
    assert "We e-mailed you: Your password was changed" in browser.text
