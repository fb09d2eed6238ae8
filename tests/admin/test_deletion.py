"""A person deleted by an administrator is closed at once and can be kept for a week; or is gone at once."""

import pytest

from idp.accounts.errors import AddressTaken
from idp.accounts.lifecycle import deletion, states
from idp.accounts.models import User
from idp.accounts.service import add_user
from idp.audit.models import Event
from idp.core.db import db
from tests.actors import Browser
from tests.admin.house import post
from tests.api.conftest import Callers

OWNER, ALICE = "owner@example.com", "alice@example.com"
DAY = 24 * 3600


@pytest.fixture
def owner(factory):
    return factory.user(OWNER, roles=("owner",))


@pytest.fixture
def alice(factory):
    return factory.user(ALICE)


@pytest.fixture
def operator(app, owner, browser):
    browser.sign_in(OWNER)
    return browser


def delete(operator, user_id, **form):
    return post(operator, f"/admin/users/{user_id}/delete", {"typed": ALICE, **form})


def tags(app, user_id, *but):
    with app.app_context():
        rows = db.session.query(Event).filter(Event.subject == f"user:{user_id}").order_by(Event.id).all()
        return [row.tag for row in rows if row.tag not in {"mail.sent", *but}]


def row(app, user_id):
    with app.app_context():
        return db.session.get(User, user_id)


def test_everything_of_theirs_stops_at_once_and_goes_after_a_week(
    app, operator, alice, mailbox, clock, rp, arrange, factory
):
    person = Browser(app)
    person.sign_in(ALICE)
    tokens = arrange.tokens(rp, alice)
    assert delete(operator, alice).status_code == 303
    person.get("/account")
    assert person.path == "/login"
    assert rp.refresh(tokens["refresh_token"]).status_code == 400
    person.sign_in(ALICE)
    assert person.path.startswith("/login")
    with app.app_context(), app.test_request_context(), pytest.raises(AddressTaken):
        add_user(ALICE)
    clock.advance(7 * DAY - 60)
    assert arrange.run(deletion.delete_due) == 0
    clock.advance(61)
    assert arrange.run(deletion.delete_due) == 1
    assert row(app, alice) is None
    assert mailbox(ALICE).newest["subject"] == "Your account was deleted"
    assert tags(app, alice, "login.failed")[-2:] == ["account.deletion_started", "account.deleted"]


def test_the_mail_says_when_it_is_gone_and_holds_no_link_that_undoes_it(operator, alice, mailbox):
    delete(operator, alice)
    mail = mailbox(ALICE).newest
    assert mail["subject"] == "Your account was deleted by an administrator"
    assert "7 days" in mail["text"]
    assert not any("undelete" in link or "revoke" in link for link in mail["links"])


def test_the_link_of_their_own_deletion_dies_with_the_administrator_s(app, arrange, alice, owner, mailbox):
    arrange.run(deletion.begin, alice)
    own = mailbox(ALICE).link("/undelete/")
    arrange.run(deletion.keep, alice)
    arrange.run(deletion.begin_by_admin, alice)
    reader = Browser(app)
    reader.get(own)
    assert reader.status == 410
    assert row(app, alice).state == "deleting"


def test_the_house_takes_over_what_the_person_began(app, arrange, operator, alice, mailbox):
    arrange.run(deletion.begin, alice)
    own = mailbox(ALICE).link("/undelete/")
    assert delete(operator, alice).status_code == 303
    assert mailbox(ALICE).newest["subject"] != "Your account stays"
    reader = Browser(app)
    reader.get(own)
    assert reader.status == 410
    assert row(app, alice).state == "deleting"
    assert tags(app, alice)[-2:] == ["account.deletion_started", "account.deletion_started"]
    operator.get(f"/admin/users/{alice}/delete")
    assert operator.form("typed").fields["at_once"] is not None


def test_the_state_is_told_found_and_undone(app, operator, alice, mailbox):
    delete(operator, alice)
    operator.get("/admin/users?state=deleting")
    assert ALICE in operator.text
    assert "being deleted" in operator.text
    operator.get(f"/admin/users/{alice}")
    assert "goes for good on" in operator.text
    operator.press(f"/users/{alice}/keep")
    assert "The account stays" in operator.text
    assert row(app, alice).state == "active"
    assert row(app, alice).deletion_due_at is None
    assert mailbox(ALICE).newest["subject"] == "Your account stays"
    assert tags(app, alice)[-2:] == ["account.deletion_started", "account.deletion_undone"]
    person = Browser(app)
    person.sign_in(ALICE)
    person.get("/account")
    assert person.status == 200


def test_what_was_turned_off_before_stays_off(app, arrange, alice, owner):
    arrange.run(states.disable, alice)
    arrange.run(deletion.begin_by_admin, alice)
    arrange.run(deletion.keep, alice)
    assert row(app, alice).state == "disabled"


def test_who_was_invited_is_invited_again(app, arrange, factory, owner):
    invited = factory.user(ALICE, password=None, verified=False, state="invited")
    arrange.run(deletion.begin_by_admin, invited)
    arrange.run(deletion.keep, invited)
    assert row(app, invited).state == "invited"


def test_at_once_is_a_choice_of_its_own(app, operator, alice, mailbox):
    operator.get(f"/admin/users/{alice}/delete")
    assert operator.form("typed").fields["at_once"] is None
    assert delete(operator, alice, at_once="y").status_code == 303
    assert row(app, alice) is None
    assert mailbox(ALICE).newest["subject"] == "Your account was deleted"
    assert "account.deletion_started" not in tags(app, alice)
    assert tags(app, alice).count("account.deleted") == 1


def test_an_account_that_is_being_deleted_can_still_go_at_once(app, operator, alice):
    delete(operator, alice)
    assert delete(operator, alice).status_code == 409
    operator.get(f"/admin/users/{alice}/delete")
    assert operator.form("typed").fields["at_once"]
    assert delete(operator, alice, at_once="y").status_code == 303
    assert row(app, alice) is None


@pytest.mark.parametrize("form", [{}, {"at_once": "y"}])
def test_the_last_owner_stays(app, operator, owner, form):
    answer = post(operator, f"/admin/users/{owner}/delete", {"typed": OWNER, **form})
    assert answer.status_code == 409
    assert row(app, owner).state == "active"


def test_turning_on_does_not_keep_by_the_way(app, operator, alice):
    delete(operator, alice)
    assert post(operator, f"/admin/users/{alice}/enable", {}).status_code == 409
    assert row(app, alice).state == "deleting"


def test_who_is_being_deleted_is_not_turned_off(app, operator, alice):
    delete(operator, alice)
    answer = post(operator, f"/admin/users/{alice}/disable", {})
    assert answer.status_code == 409
    assert "being deleted" in answer.text
    assert row(app, alice).state == "deleting"
    assert "account.disabled" not in tags(app, alice)


def test_several_at_once_count_only_those_that_it_turned_off(app, factory, operator, alice):
    delete(operator, alice)
    off, on = factory.user("off@example.com", state="disabled"), factory.user("on@example.com")
    assert post(operator, "/admin/users/bulk/disable", {"user": [alice, off, on]}).status_code == 303
    operator.get("/admin/users")
    assert "1 account is turned off." in operator.text
    assert [row(app, one).state for one in (alice, off, on)] == ["deleting", "disabled", "disabled"]


def test_the_api_does_the_same(app, factory, arrange, alice):
    api = Callers(app, factory, arrange).owner()
    path = f"/users/{alice}"
    assert api("DELETE", path, headers=api.etag(path)).status_code == 204
    told = api.get(path).json
    assert told["state"] == "deleting"
    assert told["deletion_due_at"]
    assert [each["id"] for each in api.get("/users?state=deleting").json["items"]] == [alice]
    assert api("DELETE", path, headers=api.etag(path)).status_code == 409
    assert api.post(f"{path}/disable").status_code == 409
    kept = api.post(f"{path}/keep").json
    assert (kept["state"], kept["deletion_due_at"]) == ("active", None)
    assert api("DELETE", f"{path}?at_once=yes", headers=api.etag(path)).status_code == 204
    assert api.get(path).status_code == 404


def test_the_time_is_a_setting(app, make_app, factory, arrange, alice):
    other = make_app(accounts={"admin_deletion_delay": "2d"})
    with other.app_context(), other.test_request_context():
        deletion.begin_by_admin(alice)
    left = row(app, alice)
    assert round((left.deletion_due_at - left.updated_at).total_seconds() / DAY) == 2
