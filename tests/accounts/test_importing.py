"""Many people from a file: what is wrong is said before anything happens, and a kill in the middle harms nothing."""

import csv
import io
import json
import os
import signal
import time
from datetime import timedelta

import pytest

from idp.access import catalogue
from idp.access import service as access
from idp.accounts import service as accounts
from idp.accounts.importing import applying, exporting, service
from idp.accounts.importing.cli import export_users, import_
from idp.accounts.importing.problems import UnfitFile
from idp.audit.service import find_events
from idp.audit.tags import Tag
from idp.core.context import CallContext, set_context
from idp.core.db import db
from idp.jobs import service as jobs
from idp.jobs.models import Job
from tests.racing import fork_and_run

BCRYPT = "$2b$04$" + "a" * 53
CSV = f"""email,email_verified,name,username,roles,groups,password_hash,locale
alice@example.com,yes,Alice Baker,alice,editor,staff,{BCRYPT},en
bob@example.com,,Bob,,,,,
nobody,,,,,,,
carol@example.com,perhaps,,,nosuch,,md5$x$y,??
ALICE@example.com,,,,,,,
"""


@pytest.fixture
def house(context, factory):
    catalogue.create_role("editor")
    catalogue.create_group("staff")
    return context


def run_all(job):
    service.start(job)
    while jobs.run_due():
        pass
    db.session.expire_all()
    return service.get(job.id)


def test_a_dry_run_names_line_column_reason_and_fix_and_changes_nothing(house):
    job = service.hand_in(CSV.encode())
    assert job.result["foreseen"] == {"create": 2, "update": 0, "skip": 0, "error": 3}
    found = {(one.line, one.column): one for one in service.all_problems(job)}
    assert set(found) == {
        (4, "email"), (5, "email_verified"), (5, "roles"), (5, "password_hash"), (5, "locale"), (6, "email"),
    }  # fmt: skip
    assert all(one.reason and one.fix for one in found.values())
    assert next(csv.reader(io.StringIO(service.problems_csv(job)))) == ["line", "column", "reason", "fix"]
    assert accounts.find_by_email("alice@example.com") is None
    assert BCRYPT not in (job.payload or "")


def test_an_import_is_idempotent_and_leaves_one_event_a_batch_and_one_a_person(house):
    job = run_all(service.hand_in(CSV.encode()))
    assert (job.state, job.payload) == ("done", None)
    assert {word: job.result[word] for word in ("create", "skip", "error")} == {"create": 2, "skip": 0, "error": 3}
    alice = accounts.find_by_email("alice@example.com")
    assert (alice.name, alice.username, alice.email_verified, alice.password_hash) == (
        "Alice Baker",
        "alice",
        True,
        BCRYPT,
    )
    assert access.role_names(alice.id) == ["editor"]
    assert access.group_names(alice.id) == ["staff"]
    assert len(find_events(tag=Tag.ACCOUNT_IMPORTED.value)) == 2
    assert len(find_events(tag=Tag.IMPORT_STARTED.value)) == len(find_events(tag=Tag.IMPORT_FINISHED.value)) == 1
    again = run_all(service.hand_in(CSV.encode()))
    assert {word: again.result[word] for word in ("create", "update", "skip")} == {"create": 0, "update": 0, "skip": 2}
    changed = run_all(service.hand_in(json.dumps([{"email": "bob@example.com", "name": "Robert"}]).encode()))
    assert changed.result["update"] == 1
    assert accounts.find_by_email("bob@example.com").name == "Robert"
    with pytest.raises(Exception, match="already"):
        service.start(again)


def test_what_is_exported_comes_in_again_without_a_change(house):
    run_all(service.hand_in(CSV.encode()))
    accounts.edit_user(
        accounts.find_by_email("bob@example.com").id, phone_number="+49 30 901820", address={"locality": "Berlin"}
    )
    for form in exporting.FORMATS:
        text = "".join(exporting.export_people(form))
        assert BCRYPT not in text
        assert service.hand_in(text.encode()).result["foreseen"] == {"create": 0, "update": 0, "skip": 2, "error": 0}


def test_an_invitation_goes_out_once(house, mailbox):
    run_all(service.hand_in(b'{"email": "new@example.com"}\n', invite=True))
    assert accounts.find_by_email("new@example.com").state == "invited"
    run_all(service.hand_in(b'{"email": "new@example.com"}\n', invite=True))
    assert len(mailbox("new@example.com").mails) == 1


@pytest.mark.parametrize(
    "text",
    ["", "name\nAlice\n", "email,nosuch\na@b.example,1\n", "[", "[1]", '{"email": 1', "[" * 100_000, "email\n\xff",
     'email\n"open', "email,name\na@example.com,b,c,d\n", '[{"email":"a@example.com"}'],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(house, text):
    with pytest.raises(UnfitFile):
        service.hand_in(text.encode("latin-1"))


def test_nobody_imports_more_than_they_may_give(house, factory):
    api = access.own_api()
    catalogue.create_role("helper", permissions=[(api, "admin.users.write")])
    helper, owner = factory.user(roles=("helper",)), factory.user("owner@example.com", roles=("owner",))
    set_context(CallContext(actor=f"user:{helper}"))
    rows = [{"email": "x@example.com", "roles": "owner"}, {"email": "owner@example.com", "name": "Taken"}]
    job = service.hand_in(json.dumps(rows).encode())
    assert [one.code for one in service.all_problems(job)] == ["not_your_level", "not_your_level"]
    job = run_all(job)
    assert job.result["error"] == 2
    assert accounts.find_by_email("x@example.com") is None
    assert accounts.get_user(owner).name == "Alice Baker"
    job = service.hand_in(b'{"email": "late@example.com"}')
    access.revoke_role(helper, "helper", actor="system")
    assert run_all(job).state == "failed"
    assert accounts.find_by_email("late@example.com") is None


def people(count):
    return "email,name\n" + "".join(f"person{number}@example.com,Person {number}\n" for number in range(count))


def work_until_killed():
    """Do the steps of an import slowly and in one turn, however long it takes: the kill falls into a step of it."""
    applying.step.__globals__["plan"] = _slow_plan
    jobs.run_due.__globals__["_TURN_SECONDS"] = 3600
    jobs.run_due()


def _slow_plan(rows):
    time.sleep(0.05)
    yield from _plan(rows)
    time.sleep(0.05)


_plan = applying.plan


@pytest.mark.timeout(120)
def test_kill_minus_nine_in_the_middle_loses_nothing_and_imports_nobody_twice(house, race_settings, moving_clock):
    job = service.hand_in(people(300).encode())
    service.start(job)
    process = fork_and_run(race_settings, "tests.accounts.test_importing:work_until_killed")
    wait_until_at_work(job.id)
    os.kill(process.pid, signal.SIGKILL)
    process.join(10)
    db.session.rollback()
    left = db.session.get(Job, job.id, populate_existing=True)
    assert left.state == "running"
    assert 0 < left.done < 300
    assert not jobs.run_due()  # the lease of the killed one still holds
    moving_clock.advance((jobs.LEASE + timedelta(seconds=1)).total_seconds())
    while jobs.run_due():
        pass
    db.session.rollback()
    ended = db.session.get(Job, job.id, populate_existing=True)
    assert (ended.state, ended.done, ended.result["create"], ended.result["error"]) == ("done", 300, 300, 0)
    assert len(find_events(tag=Tag.ACCOUNT_IMPORTED.value, limit=1000)) == 300


def wait_until_at_work(job_id):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        db.session.rollback()
        if db.session.get(Job, job_id, populate_existing=True).done >= 50:
            return
        time.sleep(0.02)
    raise AssertionError("nobody works")


def test_commands(house, command_line, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(CSV)
    dry = command_line.run(import_, "users", file, "--dry-run", "--json")
    assert dry.exit_code == 1
    data = json.loads(dry.stdout)
    assert (data["create"], data["error"], data["dry_run"]) == (2, 3, True)
    assert command_line.run(import_, "users", file).exit_code == 1
    good = tmp_path / "good.jsonl"
    good.write_text('{"email": "dora@example.com", "name": "=Dora"}\n')
    assert command_line.json(import_, "users", good)["create"] == 1
    command_line.refused(import_, "users", tmp_path / "none.csv", code=2)
    out = tmp_path / "out.csv"
    command_line.json(export_users, out)
    assert "'=Dora" in out.read_text()
    command_line.refused(export_users, out, code=4)
    few = tmp_path / "few.csv"
    command_line.json(export_users, few, "--state", "active", "--search", "dora")
    assert few.read_text().count("@example.com") == 1
    command_line.json(export_users, few, "--force", "--user", "Dora@example.com")
    assert few.read_text().count("@example.com") == 1
    command_line.refused(export_users, few, "--force", "--user", "nobody@example.com", code=3)
    assert command_line.json(import_, "users", out)["skip"] == 3
