"""Sessions and tokens in the console: found by whose they are, ended one, some or all."""

import pytest

from idp.audit.service import find_events
from idp.core.db import db
from idp.jobs import service as jobs
from idp.oauth.tokens.models import Grant
from idp.sessions.models import Session
from tests.actors import Browser
from tests.admin.house import post

OWNER = "owner@example.com"


@pytest.fixture
def browser(app, factory):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def live(app, model, column):
    with app.app_context():
        return db.session.query(model).filter(column.is_(None)).count()


def test_everybody_is_signed_out_but_who_says_so(app, browser, factory, arrange):
    for _number in range(5):
        arrange.session(factory.user(password=None))
    browser.get("/admin/sessions/revoke")
    assert "5 sessions end." in browser.text
    assert post(browser, "/admin/sessions/revoke", {"typed": "wrong"}).status_code == 409
    assert post(browser, "/admin/sessions/revoke", {"typed": "id.example.com"}).status_code == 303
    browser.get("/admin/sessions")
    assert "0 of 5 sessions" in browser.text
    with app.test_request_context(base_url=browser.issuer):
        while jobs.run_due():
            pass
    assert live(app, Session, Session.ended_at) == 1
    assert browser.get("/admin/sessions") is not None
    assert browser.status == 200


def test_tokens_show_their_rotations_and_whether_one_was_used_twice(app, browser, factory, arrange, rp):
    alice = factory.user("alice@example.com")
    first = arrange.tokens(rp, alice)["refresh_token"]
    assert rp.refresh(first).status_code == 200
    browser.get("/admin/tokens?person=alice@example.com&state=live")
    assert "1 time<" in browser.text
    assert post(browser, f"/admin/sessions/revoke?client={rp.client_id}", {"typed": "Demo Shop"}).status_code == 303
    assert live(app, Grant, Grant.revoked_at) == 0
    browser.get(f"/admin/tokens?client={rp.client_id}&state=live")
    assert "alice" not in browser.text.split("<main")[1].split("Nothing matches")[1]


def test_who_is_no_owner_ends_nothing_of_an_owners(app, browser, factory, arrange, rp):
    owner = factory.user("boss@example.com", roles=("owner",))
    arrange.tokens(rp, owner)
    factory.user("help@example.com", roles=("support",))
    helper = Browser(app)
    helper.sign_in("help@example.com")
    for query, typed in (
        ("", "id.example.com"),
        (f"?client={rp.client_id}", "Demo Shop"),
        (f"?user={owner}", "boss@example.com"),
    ):
        assert post(helper, f"/admin/sessions/revoke{query}", {"typed": typed}).status_code == 403
    assert live(app, Grant, Grant.revoked_at) == 1


def test_chosen_sessions_end_after_one_more_look(app, browser, factory, arrange):
    alice, bob = factory.user("alice@example.com"), factory.user("bob@example.com", password=None)
    ids = [arrange.session(alice), arrange.session(alice), arrange.session(bob)]
    page = post(browser, "/admin/sessions/bulk", {"session": [*ids[1:], "nothing", "9" * 3000]}).get_data(as_text=True)
    assert page.count('name="session"') == 2
    assert live(app, Session, Session.ended_at) == 4
    assert post(browser, "/admin/sessions/bulk/end", {"session": ids[1:]}).status_code == 303
    assert live(app, Session, Session.ended_at) == 2
    assert "No session was chosen." in post(browser, "/admin/sessions/bulk", {"session": ids[1:]}).get_data(
        as_text=True
    )


def test_chosen_sessions_end_all_or_none(app, browser, factory, arrange):
    mine, theirs = arrange.session(factory.user("alice@example.com")), arrange.session(factory.user(roles=("owner",)))
    factory.user("help@example.com", roles=("support",))
    helper = Browser(app)
    helper.sign_in("help@example.com")
    before = live(app, Session, Session.ended_at)
    assert post(helper, "/admin/sessions/bulk/end", {"session": [mine, theirs]}).status_code == 403
    assert live(app, Session, Session.ended_at) == before
    with app.app_context():
        assert find_events(tag="role.refused", limit=1)


def test_a_new_browser_after_failed_tries_is_found(app, browser, factory, clock):
    alice = factory.user("alice@example.com")
    first, stranger, later = Browser(app), Browser(app), Browser(app)
    first.sign_in("alice@example.com", "not her password")
    first.sign_in("alice@example.com")
    browser.get("/admin/sessions?risk=yes")
    assert "Nothing matches" in browser.text  # her first browser of all
    stranger.sign_in("alice@example.com", "not her password")
    stranger.sign_in("alice@example.com")
    browser.get("/admin/sessions?risk=yes")
    assert "1 in all" in browser.text
    assert browser.text.count(f'/admin/users/{alice}"') == 1
    browser.get("/admin/sessions?person=alice@example.com")
    assert browser.text.count(">risky<") == 1
    clock.advance(61 * 60)
    later.sign_in("alice@example.com")
    with app.app_context():
        assert [row.risky for row in db.session.query(Session).filter_by(user_id=alice).order_by(Session.id)] == [
            False, True, False,
        ]  # fmt: skip
