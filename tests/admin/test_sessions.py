"""Sessions and tokens in the console: found by whose they are, ended one, some or all."""

import pytest

from idp.core.db import db
from idp.jobs import service as jobs
from idp.oauth.tokens.models import Grant
from idp.sessions.models import Session
from tests.actors import Browser
from tests.admin.test_routes import post

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
    assert "alice" not in browser.text.split("<main")[1].split("No refresh tokens")[1]


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
