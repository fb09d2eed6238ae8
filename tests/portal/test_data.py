"""Everything that is held about a person, as a file; and the end of an account."""

import json

import pytest

from idp.access import service as access
from idp.accounts.lifecycle import deletion
from idp.accounts.models import User
from idp.audit.chain import seal_events, verify_chain
from idp.audit.models import Event
from idp.core.db import db
from idp.portal.export import HELD
from tests.actors import Browser
from tests.factories import PASSWORD

ALICE = "alice@example.com"
WHO = {"user_id", "proved_user_id", "settled_user_id", "invited_by"}


@pytest.fixture
def alice(factory, browser):
    user_id = factory.user(ALICE, username="alice")
    browser.sign_in(ALICE)
    return user_id


def download(browser):
    browser.get("/account/data")
    browser.press("/account/data/download")
    return json.loads(browser.text)


def delete(browser, email=ALICE):
    browser.get("/account/data")
    return browser.submit("email", email=email)


def traces_of(*words):
    """The columns of the database in which one of these words stands."""
    return {
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        if table.name not in {"dev_mails", "outbox_deliveries"}
        for column in table.c
        for value in db.session.execute(db.select(column)).scalars()
        if value is not None and any(word.lower() in str(value).lower() for word in words)
    }


def tables_about_people():
    """Tables that name a person, or hang on one that does."""
    found, tables = {"users"}, db.metadata.tables.values()
    while True:
        more = {
            table.name
            for table in tables
            if WHO & set(table.c.keys()) or {key.column.table.name for key in table.foreign_keys} & found
        } - found
        if not more:
            return found
        found |= more


def test_the_export_covers_every_table_about_people(app):
    assert HELD.keys() == tables_about_people() | {"audit_events"}


def test_every_column_is_exported_or_named_as_a_secret(app, browser, alice):
    data = download(browser)
    for name, held in HELD.items():
        columns = set(db.metadata.tables[name].c.keys())
        assert held.secret <= columns
        for row in data[name]:
            assert row.keys() == columns - held.secret


def test_the_export_holds_what_was_done_and_no_secret(app, browser, alice, factory, rp, arrange):
    seed, codes = factory.totp(alice), factory.recovery_codes(alice)
    tokens = arrange.tokens(rp, alice)
    session = browser.cookie("session")
    again = Browser(app)
    again.sign_in(ALICE)
    again.submit("code", code=factory.code(seed))
    data = download(again)
    assert data["users"][0]["email"] == ALICE
    assert len(data["recovery_codes"]) == len(codes)
    assert data["grants"][0]["client_id"] == rp.client_id
    assert data["refresh_tokens"]
    assert {event["tag"] for event in data["audit_events"]} >= {"login.succeeded", "token.issued"} - {"token.issued"}
    for secret in (seed, codes[0], tokens["refresh_token"], session, PASSWORD, "$idp1"):
        assert secret not in again.text


def test_the_export_is_of_nobody_else(app, browser, alice, factory):
    bob = factory.user("bob@example.com")
    Browser(app).sign_in("bob@example.com")
    text = json.dumps(download(browser))
    assert bob not in text
    assert "bob@example.com" not in text


def test_the_export_asks_who_it_is(browser, alice, clock):
    clock.advance(6 * 60)
    browser.get("/account/data")
    browser.press("/account/data/download")
    assert browser.path == "/reauth"


def test_a_deleted_account_is_closed_at_once_and_gone_after_two_weeks(app, browser, alice, mailbox, clock, rp, arrange):
    tokens = arrange.tokens(rp, alice)
    delete(browser)
    assert "Your account is closed" in browser.text
    assert rp.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    other = Browser(app)
    other.sign_in(ALICE)
    assert other.cookie("session") is None
    other.get("/forgot")
    other.submit("email", email=ALICE)
    assert all("new password" not in mail["subject"] for mail in mailbox(ALICE).mails)
    assert arrange.run(deletion.delete_due) == 0
    clock.advance(14 * 86400 + 1)
    assert arrange.run(deletion.delete_due) == 1
    assert mailbox(ALICE).newest["subject"] == "Your account was deleted"
    with app.app_context():
        assert db.session.get(User, alice) is None


def test_a_deletion_is_undone_by_the_mailed_link(app, browser, alice, mailbox, clock, arrange):
    delete(browser)
    clock.advance(13 * 86400)
    link, other = mailbox(ALICE).link("/undelete/"), Browser(app)
    other.get(link)
    other.submit()
    assert "Your account stays." in other.text
    other.sign_in(ALICE)
    assert other.path == "/account"
    clock.advance(2 * 86400)
    assert arrange.run(deletion.delete_due) == 0
    assert Browser(app).get(link).status_code == 410


def test_nobody_deletes_an_account_by_a_slip(app, browser, alice, clock):
    delete(browser, "bob@example.com")
    assert browser.status == 422
    clock.advance(6 * 60)
    delete(browser)
    assert browser.path == "/reauth"
    with app.app_context():
        assert db.session.get(User, alice).state == "active"


def test_the_last_owner_stays(app, browser, alice, arrange):
    arrange.run(access.grant_role, alice, "owner", actor="system")
    browser.get("/account/data")
    assert "You are the last owner." in browser.text
    form = browser.form("csrf_token")
    browser.post("/account/data/delete", {**form.fields, "email": ALICE})
    assert browser.status == 409
    with app.app_context():
        assert db.session.get(User, alice).state == "active"


def test_a_deletion_leaves_the_number_in_the_trail_and_nothing_else(app, browser, alice, arrange, clock, factory, rp):
    """Every text of every table is looked through for what was the person's."""
    factory.totp(alice, on=False)
    arrange.tokens(rp, alice)
    browser.get(rp.authorize_url(prompt="login"))
    arrange.execute(db.update(Event).values(ip="198.51.100.77", user_agent="Alices own browser"))
    with app.app_context():
        seal_events()
        before = verify_chain().sealed
    delete(browser)
    with app.app_context():
        seal_events()
    clock.advance(14 * 86400 + 1)
    arrange.run(deletion.delete_due)
    with app.app_context():
        assert traces_of("alice", "198.51.100.77", "Alices own browser") == set()
        assert {place.split(".")[0] for place in traces_of(alice)} == {"audit_events"}
        seal_events()
        verdict = verify_chain()
        assert verdict.intact, verdict.reason
        assert verdict.sealed > before
    arrange.execute(db.update(Event).where(Event.salt.is_(None), Event.position == 1).values(ip="203.0.113.1"))
    with app.app_context():
        assert not verify_chain().intact
