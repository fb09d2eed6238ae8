"""`idp user`: an administrator's deeds, each by name, address or id, with JSON and exit codes that scripts can trust."""

import pytest

from idp.access import service as access
from idp.accounts import service
from idp.accounts.cli import user
from idp.accounts.credentials.passwords import check_password
from idp.audit.service import find_events
from tests.commands import CommandLine
from tests.factories import PASSWORD

ALICE = "alice@example.com"


@pytest.fixture
def idp(app):
    return CommandLine(app)


def add(idp, *more, email=ALICE, stdin=PASSWORD + "\n"):
    return idp.json(user, "add", "--email", email, "--name", "Alice Baker", "--password-stdin", *more, stdin=stdin)


def test_add_prints_the_person_as_json(app, idp):
    data = add(idp, "--verified", "--role", "owner", "--username", "Alice")
    assert data["email"] == ALICE
    assert (data["name"], data["username"], data["state"]) == ("Alice Baker", "alice", "active")
    assert (data["email_verified"], data["locked"], data["has_password"]) == (True, False, True)
    assert data["roles"] == ["owner"]
    assert not any("hash" in name for name in data)
    with app.app_context():
        assert check_password(service.get_user(data["id"]), PASSWORD)


def test_add_without_a_password_invites(app, idp, mailbox):
    data = idp.json(user, "add", "--email", ALICE, "--name", "Alice Baker", "--role", "support")
    assert (data["state"], data["has_password"], data["roles"]) == ("invited", False, ["support"])
    assert mailbox(ALICE).link("/invite/")


def test_a_person_is_named_by_address_user_name_or_id(idp):
    data = add(idp, "--username", "alice")
    for name in (ALICE, "ALICE@example.com", "alice", data["id"]):
        assert idp.json(user, "show", name)["id"] == data["id"]
    assert idp.refused(user, "show", "bob@example.com", code=3) == "idp: There is no such account.\n"
    idp.refused(user, "show", "01J0000000000000000000000A", code=3)


def test_add_refuses_what_the_pages_refuse(idp):
    add(idp)
    assert "Another account" in idp.refused(user, "add", "--email", ALICE, "--password-stdin", code=4, stdin=PASSWORD)
    idp.refused(user, "add", "--email", "bob@example.com", "--password-stdin", code=1, stdin="short\n")
    idp.refused(user, "add", "--email", "not an address", "--password-stdin", code=1, stdin=PASSWORD)
    idp.refused(user, "add", "--email", "bob@example.com", "--role", "no-such-role", code=3)
    idp.refused(user, "add", code=2)
    idp.refused(user, "show", "bob@example.com", code=3)


def test_the_password_is_no_argument_and_never_printed(idp):
    result = idp.run(user, "add", "--email", ALICE, "--password-stdin", stdin=PASSWORD + "\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert "$idp1" not in result.output
    assert idp.run(user, "add", "--email", ALICE, "--password", PASSWORD).exit_code == 2


def test_list_searches_and_pages(idp):
    ids = [add(idp, email=f"person{number}@example.com")["id"] for number in range(3)]
    assert [person["id"] for person in idp.json(user, "list")] == ids
    assert [person["id"] for person in idp.json(user, "list", "--limit", 1, "--after", ids[0])] == [ids[1]]
    assert [person["email"] for person in idp.json(user, "list", "--search", "PERSON2")] == ["person2@example.com"]
    assert len(idp.json(user, "list", "--search", "alice ba")) == 3
    assert idp.json(user, "list", "--search", "%") == []
    assert idp.json(user, "list", "--state", "disabled") == []
    assert "person0@example.com" in idp.run(user, "list").stdout


@pytest.mark.parametrize(("deed", "state", "locked"), [("disable", "disabled", False), ("lock", "active", True)])
def test_an_account_is_stopped_and_let_go_on(idp, deed, state, locked):
    add(idp)
    data = idp.json(user, deed, ALICE)
    assert (data["state"], data["locked"]) == (state, locked)
    undo = {"disable": "enable", "lock": "unlock"}[deed]
    data = idp.json(user, undo, ALICE)
    assert (data["state"], data["locked"]) == ("active", False)


@pytest.mark.parametrize("deed", ["disable", "lock", "delete"])
def test_the_last_owner_cannot_be_stopped(idp, deed):
    add(idp, "--role", "owner")
    idp.refused(user, deed, ALICE, "--yes", code=4)
    assert idp.json(user, "show", ALICE)["state"] == "active"
    add(idp, "--role", "owner", email="bob@example.com")
    assert idp.run(user, deed, ALICE, "--yes").exit_code == 0


def test_delete_takes_everything_along_and_gives_the_address_free(app, idp):
    before = add(idp, "--role", "support")
    assert idp.json(user, "delete", ALICE, "--at-once", "--yes") == {
        "id": before["id"],
        "email": ALICE,
        "deleted": True,
    }
    idp.refused(user, "show", ALICE, code=3)
    after = add(idp)
    assert after["id"] != before["id"]
    assert after["roles"] == []


def test_delete_asks_first(idp):
    add(idp)
    assert idp.run(user, "delete", ALICE, stdin="n\n").exit_code == 1
    assert idp.json(user, "show", ALICE)["email"] == ALICE


def test_delete_says_what_ends_and_how_long_it_waits_as_the_console_does(idp, arrange):
    arrange.session(add(idp)["id"])
    asked = idp.run(user, "delete", ALICE, stdin="n\n").stderr
    assert "1 session ends." in asked
    assert "0 apps lose access." in asked
    assert "In 7 days everything of it is gone for good." in asked
    asked = idp.run(user, "delete", ALICE, "--at-once", stdin="n\n").stderr
    assert "1 session ends." in asked
    assert "gone for good" not in asked


def test_edit_changes_the_profile(idp):
    add(idp, "--verified")
    data = idp.json(
        user, "edit", ALICE, "--set", "given_name=Alice", "--set", "zoneinfo=Europe/Berlin", "--set", "birthdate=1990-02-03", "--name", "Alice B.",
    )  # fmt: skip
    assert (data["given_name"], data["zoneinfo"], data["birthdate"]) == ("Alice", "Europe/Berlin", "1990-02-03")
    assert (data["name"], data["email_verified"], data["version"]) == ("Alice B.", True, 2)
    assert idp.json(user, "edit", ALICE, "--set", "given_name=")["given_name"] is None


def test_edit_refuses_what_a_claim_cannot_hold(idp):
    add(idp)
    for pair in (
        "zoneinfo=Mars/Base",
        "picture=javascript:alert(1)",
        "birthdate=yesterday",
        "locale=x",
        "username=a b",
        "website=ftp://x.test",
    ):
        idp.refused(user, "edit", ALICE, "--set", pair, code=1)
    for pair in ("password_hash=x", "email_verified_at=x", "nonsense", "id=1", "state=active"):
        idp.refused(user, "edit", ALICE, "--set", pair, code=2)
    idp.refused(user, "edit", ALICE, code=2)


def test_lg16_a_new_address_is_not_confirmed_by_itself(idp):
    add(idp, "--verified")
    assert not idp.json(user, "edit", ALICE, "--email", "new@example.com")["email_verified"]
    assert idp.json(user, "edit", "new@example.com", "--email-verified")["email_verified"]
    assert not idp.json(user, "edit", "new@example.com", "--email-unverified")["email_verified"]


def test_edit_cannot_take_another_s_names(idp):
    add(idp, "--username", "alice")
    add(idp, email="bob@example.com")
    idp.refused(user, "edit", "bob@example.com", "--email", "ALICE@example.com", code=4)
    idp.refused(user, "edit", "bob@example.com", "--username", "alice", code=4)


def test_set_password_ends_sessions_and_tells_the_owner(app, idp, browser, mailbox):
    add(idp, "--verified")
    browser.sign_in(ALICE)
    idp.json(user, "set-password", ALICE, "--password-stdin", stdin="another quite unrelated phrase\n")
    browser.get("/account")
    assert browser.path == "/login"
    assert "the command line" in mailbox(ALICE).newest["text"]
    idp.refused(user, "set-password", ALICE, "--password-stdin", code=1, stdin="short\n")


def test_reset_password_mails_a_link(idp, mailbox):
    add(idp)
    idp.json(user, "reset-password", ALICE)
    assert mailbox(ALICE).link("/reset/")


def test_au01_every_deed_is_recorded_with_who_did_it(app, idp):
    data = add(idp)
    for deed in ("disable", "enable", "lock", "unlock"):
        idp.json(user, deed, ALICE)
    idp.json(user, "edit", ALICE, "--name", "Alice B.")
    idp.json(user, "delete", ALICE, "--yes")
    idp.json(user, "keep", ALICE)
    idp.json(user, "delete", ALICE, "--yes", "--at-once")
    with app.app_context():
        events = [event for event in find_events(subject=f"user:{data['id']}") if event.tag != "mail.sent"]
    assert [event.tag for event in reversed(events)] == [
        "account.added", "account.disabled", "account.enabled", "account.locked", "account.unlocked", "account.edited",
        "account.deletion_started", "account.deletion_undone", "account.deleted",
    ]  # fmt: skip
    assert all(event.actor.startswith("cli:") for event in events)


def test_roles_come_by_name_only(app, idp):
    add(idp)
    with app.app_context():
        assert access.role_names(service.find_by_email(ALICE).id) == []


def test_list_finds_people_by_state_role_second_step_and_day(idp, factory):
    owner = factory.user("boss@example.com", roles=("owner",))
    other = factory.user("other@example.com", verified=False)
    idp.json(user, "lock", "other@example.com")

    def found(*words):
        return [row["id"] for row in idp.json(user, "list", *words)]

    assert found("--role", "owner") == [owner]
    assert found("--state", "locked") == found("--state", "unverified") == [other]
    assert found("--second-step") == found("--state", "invited") == []
    assert found("--no-second-step") == found("--since", "2020-01-01") == [owner, other]
    assert found("--until", "2020-01-01T10:00:00") == []
