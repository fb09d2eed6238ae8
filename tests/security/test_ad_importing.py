"""AD-04, AD-09: what a file of people cannot do, whoever hands it in."""

import json

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.accounts import service as accounts
from idp.accounts.importing import applying, service
from idp.accounts.lifecycle import deletion
from idp.accounts.models import User
from idp.audit.service import find_events
from idp.core.context import CallContext, set_context
from idp.core.db import transaction
from tests.accounts.test_importing import BCRYPT, run_all

WRITE = "admin.users.write"


@pytest.fixture
def helper(context, factory):
    """Somebody who may change accounts, and nothing else."""
    catalogue.create_role("helper", permissions=[(access.own_api(), WRITE)])
    user_id = factory.user("helper@example.com", roles=("helper",))
    set_context(CallContext(actor=f"user:{user_id}"))
    return user_id


def hand_in(*rows):
    return service.hand_in("\n".join(map(json.dumps, rows)).encode())


def test_ad09_a_file_sets_no_password_of_somebody_who_is_there(helper, factory):
    """Who signs in by a passkey or by mail would share the account with whoever made the file."""
    victim = factory.user("victim@example.com", name="Vic")
    with transaction() as session:
        session.get(User, victim).password_hash = None
    job = hand_in({"email": "victim@example.com", "name": "Other", "password_hash": BCRYPT})
    assert [(one.column, one.code) for one in service.all_problems(job)] == [("password_hash", "password_of_theirs")]
    assert run_all(job).result["error"] == 1
    user = accounts.get_user(victim)
    assert (user.has_password, user.name) == (False, "Vic")
    assert run_all(hand_in({"email": "new@example.com", "password_hash": BCRYPT})).result["create"] == 1
    assert run_all(hand_in({"email": "new@example.com", "password_hash": BCRYPT})).result["skip"] == 1


def test_an_import_does_not_pass_over_a_state_in_silence(context, factory):
    victim = factory.user("victim@example.com", name="Vic")
    job = hand_in({"email": "victim@example.com", "state": "disabled"})
    assert [(one.column, one.code) for one in service.all_problems(job)] == [("state", "state_of_theirs")]
    assert run_all(hand_in({"email": "victim@example.com", "state": "active"})).result["skip"] == 1
    assert accounts.get_user(victim).state == "active"


def test_ad04_what_a_file_tried_to_give_is_on_record(helper, factory):
    factory.user("owner@example.com", roles=("owner",))
    job = hand_in({"email": "x@example.com", "roles": "owner"}, {"email": "owner@example.com", "name": "Taken"})
    assert find_events(tag="role.refused") == []  # to look is no attempt
    run_all(job)
    (event,) = find_events(tag="role.refused")
    assert (event.actor, event.subject) == (f"user:{helper}", f"import:{job.id}")
    assert event.detail["lines"] == [1, 2]


@pytest.mark.parametrize(
    "row",
    [{"name": "Other"}, {"roles": "editor"}, {"state": "active"}, {}, {"email": "moved@example.com"}],
    ids=["a field", "a role", "its state", "nothing new", "its address"],
)
def test_an_import_leaves_alone_who_is_being_deleted(context, factory, row):
    catalogue.create_role("editor")
    victim = factory.user("victim@example.com", name="Vic", external_id="7")
    deletion.begin_by_admin(victim)
    job = hand_in({"email": "victim@example.com", "external_id": "7", **row})
    (problem,) = service.all_problems(job)
    assert (problem.column, problem.code) == ("email", "being_deleted")
    assert "Keep the account" in problem.fix
    assert run_all(job).result["error"] == 1
    user = accounts.get_user(victim)
    assert (user.state, user.name, user.email, access.role_names(victim)) == (
        "deleting", "Vic", "victim@example.com", [],
    )  # fmt: skip


def test_a_deletion_that_begins_after_the_plan_counts_as_well(context, factory, monkeypatch):
    victim = factory.user("victim@example.com", name="Vic")
    job = hand_in({"email": "victim@example.com", "name": "Other"})
    planned = service.look(job)
    deletion.begin_by_admin(victim)
    monkeypatch.setattr(applying, "plan", lambda _rows: planned)
    after = run_all(job)
    assert after.result["error"] == 1
    assert [one.code for one in service.all_problems(after)] == ["being_deleted"]
    assert accounts.get_user(victim).name == "Vic"


def test_ad04_a_role_that_somebody_gives_themselves_by_a_file_is_refused_on_record(context, factory):
    permissions = [(access.own_api(), name) for name in (WRITE, "admin.roles.write")]
    catalogue.create_role("helper", permissions=permissions)
    catalogue.create_role("editor")
    helper = factory.user("helper@example.com", roles=("helper",))
    set_context(CallContext(actor=f"user:{helper}"))
    job = run_all(hand_in({"email": "helper@example.com", "roles": "editor"}))
    assert job.result["error"] == 1
    (event,) = find_events(tag="role.refused")
    assert event.detail["lines"] == [1]
    assert access.role_names(helper) == ["helper"]
