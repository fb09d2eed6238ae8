"""People in the console: undone once, seen without being them, changed many at a time."""

import json
import re

import pytest
from sqlalchemy import update

from idp.access import assignments, catalogue
from idp.access.people import holders_of
from idp.accounts import service as accounts
from idp.accounts.lifecycle import states
from idp.accounts.models import User
from idp.audit.models import Event
from idp.audit.tags import Tag
from idp.core.db import db
from tests.actors import Browser
from tests.admin.house import post
from tests.factories import PASSWORD

OWNER, ALICE = "owner@example.com", "alice@example.com"


@pytest.fixture
def browser(app, factory):
    factory.user(OWNER, roles=("owner",))
    browser = Browser(app)
    browser.sign_in(OWNER)
    return browser


def state(app, user_id):
    with app.app_context():
        return accounts.get_user(user_id).state


def undo_form(browser):
    browser.get("/admin/users")
    found = re.search(r'action="([^"]+/undo)">.*?name="undo" value="([^"]+)"', browser.text, re.DOTALL)
    return found[1], {"undo": found[2]}


def test_what_was_done_is_undone_once_and_within_ten_minutes(app, browser, factory, clock):
    alice = factory.user(ALICE, roles=("support",))
    post(browser, f"/admin/users/{alice}/disable", {})
    address, form = undo_form(browser)
    assert post(browser, address, {"undo": form["undo"] + "x"}).status_code == 409
    assert post(browser, address, form).status_code == 303
    assert state(app, alice) == "active"
    assert post(browser, address, form).status_code == 409
    post(browser, f"/admin/users/{alice}/roles/support/remove", {})
    address, form = undo_form(browser)
    factory.user("other@example.com", roles=("owner",))
    other = Browser(app)
    other.sign_in("other@example.com")
    assert post(other, address, form).status_code == 409
    clock.advance(601)
    assert post(browser, address, form).status_code == 409


def test_seen_as_somebody_everything_has_its_reason(app, browser, factory, arrange):
    arrange.run(catalogue.create_group, "staff")
    arrange.run(assignments.grant_role_to_group, "staff", "auditor", actor="system")
    alice = factory.user(ALICE)
    arrange.run(assignments.add_member, "staff", alice, actor="system")
    client_id, _secret = factory.client_with_secret("Shop", allowed_roles=["editor"])
    browser.get(f"/admin/users/{alice}/see?client={client_id}")
    assert "It takes one of these roles: editor." in browser.text
    assert "admin.audit.read" in browser.text
    assert "staff" in browser.text
    assert "They would be asked to allow:" in browser.text
    assert ALICE in browser.text.split('id="consent"')[1].split("</section>")[0]


def test_several_people_at_once_after_one_more_look(app, browser, factory):
    ids = [factory.user(password=None) for _number in range(3)]
    page = post(browser, "/admin/users/bulk", {"user": ids, "deed": "disable"}).get_data(as_text=True)
    assert page.count('name="user"') == 3
    assert state(app, ids[0]) == "active"
    assert post(browser, "/admin/users/bulk/disable", {"user": ids}).status_code == 303
    assert {state(app, user_id) for user_id in ids} == {"disabled"}
    assert post(browser, "/admin/users/bulk/disable", {"user": ["nobody"]}).status_code == 404


def test_a_role_is_given_to_the_people_of_a_pasted_list(app, browser, factory):
    alice, bob = factory.user(ALICE), factory.user("bob@example.com", username="bob")
    browser.get("/admin/roles/auditor")
    assert 'name="lines"' in browser.text
    lines = f'email,name\r\n"{ALICE.upper()}",Alice\r\nBob\r\n\r\n{alice}\r\n<nobody>@example.com,x\r\n=1+1'
    pasted = {"deed": "role", "role": "auditor", "lines": lines}
    page = post(browser, "/admin/users/bulk", pasted).get_data(as_text=True)
    assert re.findall(r'name="user" value="(\w+)"', page) == [alice, bob]
    unknown = page.split('id="unknown"')[1].split("</section>")[0]
    assert "&lt;nobody&gt;@example.com" in unknown
    assert "=1+1" in unknown
    assert "email" not in unknown.replace("&lt;nobody&gt;@example.com", "")
    assert post(browser, "/admin/users/bulk/role", {"user": [alice, bob], "role": "auditor"}).status_code == 303
    with app.app_context():
        assert set(db.session.execute(holders_of("auditor")).scalars()) == {alice, bob}


def test_a_role_that_is_refused_to_several_is_on_record(app, factory):
    ids = [factory.user(password=None) for _number in range(2)]
    factory.user("admin@example.com", roles=("admin",))
    admin = Browser(app)
    admin.sign_in("admin@example.com")
    assert post(admin, "/admin/users/bulk/role", {"user": ids, "role": "owner"}).status_code == 403
    with app.app_context():
        assert db.session.query(Event).filter(Event.tag == Tag.ROLE_REFUSED.value).count() == 1


def test_a_table_with_semicolons_is_read_too(browser, factory):
    alice = factory.user(ALICE)
    pasted = {"deed": "role", "role": "auditor", "lines": f"email;name\n{ALICE};Alice"}
    assert f'name="user" value="{alice}"' in post(browser, "/admin/users/bulk", pasted).get_data(as_text=True)


def test_a_pasted_list_that_is_too_long_is_refused_whole(browser):
    pasted = {"deed": "role", "role": "auditor", "lines": "\n".join(f"nobody{number}" for number in range(501))}
    answer = post(browser, "/admin/users/bulk", pasted)
    assert answer.status_code == 422
    assert "500" in answer.get_data(as_text=True)


def shown_link(browser, user_id):
    page = post(browser, f"/admin/users/{user_id}/reset/link", {})
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    return re.search(r"https://id\.example\.com(/reset/[\w-]{43})", page.get_data(as_text=True))[1]


def choose(app, path, new="a-new-password-of-hers"):
    reader = Browser(app)
    reader.get(path)
    if reader.status == 200:
        reader.submit(new_password=new)
    return reader


def newest(app, tag):
    with app.app_context():
        event = db.session.query(Event).filter(Event.tag == tag.value).order_by(Event.id.desc()).first()
        return event.actor, event.subject, event.detail


def test_a_link_to_a_new_password_is_shown_once_and_works_once(app, browser, factory, arrange, mailbox, clock):
    alice = factory.user(ALICE)
    arrange.execute(update(User).where(User.id == alice).values(email_verified_at=None))
    first, path = shown_link(browser, alice), shown_link(browser, alice)
    browser.get(f"/admin/users/{alice}/methods")
    assert path not in browser.text
    actor, subject, detail = newest(app, Tag.PASSWORD_RESET_REQUESTED)
    assert (actor.split(":")[0], subject, detail["shown"]) == ("user", f"user:{alice}", True)
    assert path.split("/")[-1] not in json.dumps(detail)
    mail = mailbox(ALICE).newest
    assert "An administrator made a link to a new password" in mail["text"]
    assert "/reset/" not in mail["text"]
    assert choose(app, first).status != 200
    assert choose(app, path).path == "/login"
    assert choose(app, path, PASSWORD).status != 200
    with app.app_context():
        assert not accounts.get_user(alice).email_verified  # who has the link need not read mail there
    late = shown_link(browser, alice)
    clock.advance(15 * 60 + 1)
    assert choose(app, late).status != 200
    arrange.run(states.disable, alice)
    clock.advance(-10 * 60)
    assert post(browser, f"/admin/users/{alice}/reset/link", {}).status_code == 409


def test_a_mailed_link_and_a_shown_one_end_each_other(app, browser, factory, mailbox):
    alice = factory.user(ALICE)
    shown = shown_link(browser, alice)
    post(browser, f"/admin/users/{alice}/reset", {})
    mailed = mailbox(ALICE).link("/reset/")
    assert choose(app, shown).status != 200
    last = shown_link(browser, alice)
    assert choose(app, mailed).status != 200
    assert choose(app, last).path == "/login"


def test_a_second_step_is_taken_away_for_a_reason_which_the_person_reads(app, browser, factory, mailbox):
    alice = factory.user(ALICE)
    factory.totp(alice)
    path = f"/admin/users/{alice}/second-step/remove"
    for reason in ("", "  \n ", "x" * 201):
        answer = post(browser, path, {"reason": reason})
        assert answer.status_code == 422
        assert "Sign-in methods" in answer.text
    assert post(browser, path, {"reason": "Lost\r\n phone <b>"}).status_code == 303
    assert newest(app, Tag.SECOND_STEP_REMOVED)[2] == {"way": "all", "reason": "Lost phone <b>"}
    mail = mailbox(ALICE).newest
    assert "The reason an administrator gave: Lost phone <b>" in mail["text"]
    assert "Lost phone &lt;b&gt;" in mail["html"]


def test_an_administrator_downloads_what_is_stored_about_a_person(app, browser, factory):
    alice = factory.user(ALICE)
    answer = post(browser, f"/admin/users/{alice}/data", {})
    assert "attachment" in answer.headers["Content-Disposition"]
    data = json.loads(answer.text)
    assert data["users"][0]["email"] == ALICE
    assert "password_hash" not in answer.text
    actor, subject, _detail = newest(app, Tag.DATA_EXPORTED)
    assert actor != subject == f"user:{alice}"
