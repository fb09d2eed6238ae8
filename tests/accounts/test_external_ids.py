"""What another system calls a person: unique, shown, searched for, and how an import knows people again."""

import json

import pytest

from idp.accounts import service as accounts
from idp.accounts.cli import user
from idp.accounts.errors import ExternalIdTaken, UnfitExternalId
from idp.accounts.importing import exporting, service
from idp.accounts.listing import Wanted, find_people
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.db import db, transaction
from idp.jobs import service as jobs
from tests.admin.house import post
from tests.api.conftest import Callers

ALICE, BOB, NEW = "alice@example.com", "bob@example.com", "alice@elsewhere.example.com"


@pytest.fixture
def alice(factory):
    return factory.user(ALICE, external_id="HR-1")


def import_rows(*rows):
    """Import rows; return what each would do, with its problems, and the counts of what was done."""
    job = service.hand_in("\n".join(json.dumps(row) for row in rows).encode())
    seen = [(one.what, one.changes, [(p.column, p.code) for p in one.problems]) for one in service.look(job)]
    service.start(job)
    while jobs.run_due():
        pass
    db.session.expire_all()
    return seen, service.get(job.id).result


def test_an_address_changes_by_an_import_that_names_the_person(context, alice, arrange, mailbox):
    session_id = arrange.session(alice)
    seen, done = import_rows({"external_id": "HR-1", "email": NEW, "name": "Alice Cook"})
    assert seen == [("update", ("name", "email"), [])]
    assert done["update"] == 1
    moved = accounts.get_user(alice)
    assert (moved.email, moved.name, moved.email_verified) == (NEW, "Alice Cook", False)
    assert mailbox(ALICE).newest["subject"] == "An administrator changed your e-mail address"
    assert [event.session_id for event in find_events(tag=Tag.SESSION_ENDED.value)] == [session_id]
    (event,) = find_events(tag=Tag.ACCOUNT_IMPORTED.value)
    assert event.detail["fields"] == ["email", "name"]
    assert import_rows({"external_id": "HR-1", "email": NEW, "name": "Alice Cook"})[1]["skip"] == 1


def test_who_comes_to_an_address_that_an_earlier_row_leaves_is_somebody_new(context, alice):
    rows = {"external_id": "HR-1", "email": NEW}, {"email": ALICE, "name": "Alfred Newcomer"}
    seen, done = import_rows(*rows)
    assert [what for what, _changes, _problems in seen] == ["update", "create"]
    assert (done["update"], done["create"]) == (1, 1)
    assert (accounts.get_user(alice).email, accounts.get_user(alice).name) != (ALICE, "Alfred Newcomer")
    assert accounts.get_user(alice).email == NEW
    newcomer = accounts.find_by_email(ALICE)
    assert (newcomer.name, newcomer.id != alice) == ("Alfred Newcomer", True)


def test_a_moved_address_may_be_told_to_be_confirmed(context, alice):
    import_rows({"external_id": "HR-1", "email": NEW, "email_verified": True})
    assert accounts.get_user(alice).email_verified


def test_who_is_known_by_the_address_gets_the_external_id(context, factory):
    bob = factory.user(BOB)
    assert import_rows({"external_id": "HR-2", "email": BOB})[0] == [("update", ("external_id",), [])]
    assert accounts.get_user(bob).external_id == "HR-2"


def test_who_is_new_has_it_from_the_start(context):
    assert import_rows({"external_id": 4711, "email": BOB})[0] == [("create", (), [])]
    assert accounts.find_by_email(BOB).external_id == "4711"


def test_without_the_column_people_are_known_by_address_and_keep_theirs(context, alice):
    assert import_rows({"email": ALICE, "name": "Al"})[1]["update"] == 1
    assert accounts.get_user(alice).external_id == "HR-1"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"external_id": "HR-1", "email": BOB}, ("email", "address_of_another")),
        ({"external_id": "HR-9", "email": ALICE}, ("external_id", "other_external_id")),
        ({"external_id": "x" * 121, "email": BOB}, ("external_id", "bad_value")),
        ({"external_id": ["HR-1"], "email": BOB}, ("external_id", "bad_value")),
    ],
)
def test_a_row_that_means_two_people_is_an_error_with_what_mends_it(context, alice, factory, row, problem):
    bob = factory.user(BOB, external_id="HR-2")
    seen, done = import_rows(row)
    assert seen == [("error", seen[0][1], [problem])]
    assert done["error"] == 1
    found = [accounts.get_user(each) for each in (alice, bob)]
    assert [(each.email, each.external_id) for each in found] == [(ALICE, "HR-1"), (BOB, "HR-2")]
    (said,) = service.dry_run(json.dumps([row]).encode())["problems"]
    assert said["reason"]
    assert said["fix"]


def test_the_same_external_id_twice_in_a_file_is_an_error(context):
    seen, _done = import_rows({"external_id": "a", "email": ALICE}, {"external_id": "a", "email": BOB})
    assert [what for what, _changes, _problems in seen] == ["create", "error"]
    seen, _done = import_rows({"external_id": "A", "email": BOB})
    assert seen[0][0] == "create"


def test_an_address_that_may_come_back_to_its_owner_is_given_to_nobody(context, alice, factory):
    from idp.accounts.models import EmailChange
    from idp.core.clock import now

    bob = factory.user(BOB)
    values = {"old_email": NEW, "old_normalised": NEW, "new_email": BOB, "new_normalised": BOB, "done_at": now()}
    with transaction() as session:
        session.add(EmailChange(user_id=bob, **values))
    assert import_rows({"external_id": "HR-1", "email": NEW})[0][0][2] == [("email", "address_reserved")]


def test_what_is_exported_comes_in_again(context, alice):
    for form in exporting.FORMATS:
        text = "".join(exporting.export_people(form))
        assert "HR-1" in text
        assert service.dry_run(text.encode())["skip"] == 1


def test_two_people_cannot_have_one_and_it_is_found_by_its_beginning(context, alice, factory):
    bob = factory.user(BOB)
    with pytest.raises(ExternalIdTaken):
        accounts.edit_user(bob, external_id="HR-1")
    with pytest.raises(ExternalIdTaken):
        accounts.add_user("carol@example.com", external_id="HR-1")
    for unfit in ("a\nb", "x" * 121):
        with pytest.raises(UnfitExternalId):
            accounts.edit_user(bob, external_id=unfit)
    accounts.edit_user(bob, external_id=" HR-2 ")
    assert [each.id for each in find_people(Wanted(search="HR-"))] == [alice, bob]
    assert [each.id for each in find_people(Wanted(external_id="HR-2"))] == [bob]
    assert find_people(Wanted(external_id="hr-2")) == []
    accounts.edit_user(bob, external_id="")
    assert accounts.get_user(bob).external_id is None


def test_the_console_shows_finds_and_changes_it(app, browser, factory, alice):
    factory.user("owner@example.com", roles=("owner",))
    browser.sign_in("owner@example.com")
    browser.get("/admin/users?search=HR-")
    assert ALICE in browser.text
    browser.get("/admin/search?q=HR-1")
    assert browser.path == f"/admin/users/{alice}"
    assert "HR-1" in browser.text
    browser.get(f"/admin/users/{alice}/edit")
    browser.submit("external_id", external_id="HR-3")
    assert "HR-3" in browser.text
    answer = post(browser, "/admin/users/new", {"email": BOB, "external_id": "HR-3", "role": ""})
    assert answer.status_code == 409
    assert "Another account has this external id." in answer.text
    assert post(browser, "/admin/users/new", {"email": BOB, "external_id": "HR-4", "role": ""}).status_code == 303
    with app.app_context():
        assert accounts.find_by_email(BOB).external_id == "HR-4"


def test_api_and_command_line_do_the_same(app, factory, arrange, command_line, alice):
    api = Callers(app, factory, arrange).owner()
    assert [each["id"] for each in api.get("/users?external_id=HR-1").json["items"]] == [alice]
    made = api.post("/users", {"email": BOB, "external_id": "HR-2"}).json
    assert made["external_id"] == "HR-2"
    path = f"/users/{made['id']}"
    assert api("PATCH", path, {"external_id": "HR-1"}, headers=api.etag(path)).status_code == 409
    assert api("PATCH", path, {"external_id": None}, headers=api.etag(path)).json["external_id"] is None
    assert command_line.json(user, "edit", BOB, "--external-id", "HR-5")["external_id"] == "HR-5"
    assert [each["email"] for each in command_line.json(user, "list", "--external-id", "HR-5")] == [BOB]
    assert (
        command_line.json(user, "invite", "--email", "c@example.com", "--external-id", "HR-6")["external_id"] == "HR-6"
    )
    command_line.refused(user, "add", "--email", "d@example.com", "--external-id", "HR-6", code=4)


def test_nobody_sets_their_own(app, browser, alice):
    browser.sign_in(ALICE)
    browser.get("/account/profile")
    form = browser.form("name")
    browser.post("/account/profile", {**form.fields, "external_id": "HR-9"})
    with app.app_context():
        assert accounts.get_user(alice).external_id == "HR-1"
