"""A purge takes a whole beginning of the chain and nothing else, and what is kept can be checked as before."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from idp.audit import chain, checkpoint
from idp.audit import service as audit
from idp.audit.erase import erase_person
from idp.audit.models import Event
from idp.audit.origin import FORGED, Purged, find_origin
from idp.audit.reading import Wanted
from idp.audit.tags import Tag
from idp.audit_files import service as audit_files
from idp.audit_purge import service
from idp.core.clock import now
from idp.core.db import db
from idp.core.errors import Conflict, DomainError
from idp.jobs import service as jobs
from tests.audit_purge.trail import DAY, day, grow, run, seal


@pytest.fixture
def trail(context, clock):
    """Sixty days of three events each, of which those of the first thirty may go."""
    grow(clock, 60)
    return context


def purge(ago=40):
    return service.run(service.start(day(ago)))


def positions():
    return [row[0] for row in db.session.execute(text("SELECT position FROM audit_events ORDER BY id"))]


def newest(tag):
    return audit.find_events(tag=tag.value, limit=1)[0]


def test_the_oldest_events_go_and_the_rest_of_the_chain_holds(trail):
    going = service.preview(day(40))
    assert (going.events, going.after, going.upto) == (60, 0, 60)
    assert (going.first_at.date(), going.last_at.date()) == (day(60), day(41))
    job = purge()
    assert (job.state, job.total, job.done) == ("done", 60, 60)
    seal()
    assert positions() == list(range(61, 183))
    assert db.session.query(Event).filter(Event.at < now() - timedelta(days=40, hours=1)).count() == 0
    verdict = chain.verify_chain()
    assert (verdict.intact, verdict.sealed) == (True, 182)
    assert chain.verify_part(0, 10).sealed == 70
    assert chain.verify_part(30, 10).sealed == 70, "who was at a place that is purged goes on with what is kept"
    assert chain.verify_part(100, 10).sealed == 110


def test_it_says_in_the_chain_what_it_took(trail):
    head = db.session.query(Event).filter(Event.position == 60).one().hash
    purge()
    started, ended = newest(Tag.AUDIT_PURGE_STARTED), newest(Tag.AUDIT_PURGED)
    assert started.detail == {"before": str(day(40)), "events": 60}
    assert ended.detail == {"before": str(day(40)), "events": 60, "position": 60, "head": head}
    seal()
    assert newest(Tag.AUDIT_PURGED).position == 182


def test_a_second_purge_goes_on_from_the_first(trail, clock):
    purge()
    grow(clock, 20)
    going = service.preview(day(40))
    assert (going.after, going.events) == (60, 60)
    assert purge().done == 60
    seal()
    assert chain.verify_chain().intact
    assert find_origin().position == 120


def test_in_small_parts_it_is_the_same(trail, monkeypatch):
    monkeypatch.setattr(service, "_CHECKED", 7)
    monkeypatch.setattr(service, "_REMOVED", 8)
    assert purge().done == 60
    assert chain.verify_chain().intact


def test_a_worker_that_dies_in_the_middle_loses_and_doubles_nothing(trail, monkeypatch, clock):
    monkeypatch.setattr(service, "_REMOVED", 8)
    job_id = service.start(day(40)).id
    real, calls = service.purging.remove_part, []

    def dies(*values):
        removed = real(*values)
        calls.append(removed)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return removed

    monkeypatch.setattr(service.purging, "remove_part", dies)
    with pytest.raises(KeyboardInterrupt):
        service.run(jobs.get(job_id, service.KIND))
    assert chain.verify_chain().intact
    assert find_origin().position == 16
    clock.advance(60)
    assert service.run(jobs.get(job_id, service.KIND)).done == 60
    assert chain.verify_chain().intact


def test_nothing_younger_than_thirty_days_goes_and_nothing_is_no_purge(trail):
    with pytest.raises(DomainError, match="30 days"):
        service.start(day(29))
    with pytest.raises(DomainError, match="that old"):
        service.start(day(70))
    assert len(positions()) == 180
    service.start(day(40))
    with pytest.raises(Conflict, match="already"):
        service.start(day(41))


def test_events_that_are_not_chained_never_go(trail, clock):
    audit.record(Tag.LOGIN_FAILED)
    clock.advance(100 * DAY)
    job = purge()
    assert job.done == 180
    assert positions()[0] is None
    assert chain.head() == (180, find_origin().hash)
    assert chain.verify_chain().intact
    seal()
    assert positions()[0] == 181
    assert chain.verify_chain().intact


def test_no_hole_is_left_for_an_event_that_was_chained_late(trail, clock):
    """It happened before others, and ended after them."""
    run("UPDATE audit_events SET position = NULL, previous = NULL, hash = NULL, salt = NULL, personal = NULL")
    run("UPDATE audit_events SET id = 1000 WHERE id = (SELECT min(id) FROM audit_events)")
    run("UPDATE audit_events SET id = 2 - id WHERE id = (SELECT max(id) FROM audit_events WHERE id < 1000)")
    seal()
    first, last = db.session.get(Event, positions_of(1)), db.session.get(Event, 1000)
    assert (first.at.date(), last.at.date(), last.position) == (day(1), day(60), 180)
    assert service.preview(day(40)).events == 0, "a young one is the first of the chain, and nothing passes it by"
    clock.advance(90 * DAY)
    assert purge().done == 180


def positions_of(position):
    return db.session.execute(text("SELECT id FROM audit_events WHERE position = :p"), {"p": position}).scalar()


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE audit_events SET actor = 'user:9' WHERE position = 59", 59),
        ("DELETE FROM audit_events WHERE position = 30", 30),
        ("DELETE FROM audit_events WHERE position < 10", 1),
        # Made older than it is, to have it taken along.
        ("UPDATE audit_events SET at = '2020-01-01 00:00:00' WHERE position = 61", 61),
    ],
)
def test_what_cannot_be_checked_is_not_purged(trail, statement, place):
    run(statement)
    before = len(positions())
    job = purge()
    assert job.state == "failed"
    assert f"place {place}" in job.last_error
    assert len(positions()) - before == 2, "only what tells of it has come"
    failed = newest(Tag.AUDIT_PURGE_FAILED)
    assert (failed.detail["events"], failed.detail["reason"]) == (0, job.last_error)
    assert audit.find_events(tag=Tag.AUDIT_PURGED.value) == []
    assert find_origin().position == 0


def test_what_is_changed_between_check_and_removal_stays(trail, monkeypatch):
    monkeypatch.setattr(service, "_REMOVED", 20)
    real = service.purging.remove_part

    def changed(*values):
        run("UPDATE audit_events SET actor = 'user:9' WHERE position = 30")
        return real(*values)

    monkeypatch.setattr(service.purging, "remove_part", changed)
    job = purge()
    assert (job.state, job.done) == ("failed", 20)
    assert chain.verify_chain().first_bad == 30


FORGERIES = (
    "DELETE FROM audit_origin",
    "UPDATE audit_origin SET position = 50",
    "UPDATE audit_origin SET hash = (SELECT hash FROM audit_events WHERE position = 100), position = 100",
    "UPDATE audit_origin SET newest_at = '2020-01-01 00:00:00'",
    "UPDATE audit_origin SET signature = 'x'",
)


@pytest.mark.parametrize("statement", FORGERIES)
def test_a_beginning_that_was_forged_is_told(trail, statement):
    purge()
    taken = checkpoint.create_checkpoint()
    run(statement)
    run("DELETE FROM audit_events WHERE position <= 100")
    verdict = chain.verify_chain()
    assert not verdict.intact
    assert verdict.reason == FORGED or "missing" in verdict.reason
    assert not chain.verify_part(0, 5).intact
    with pytest.raises(DomainError):
        checkpoint.check_checkpoint({**taken, "position": 50})


def test_a_checkpoint_cannot_be_made_a_beginning(trail):
    """Both are signed with the same key."""
    purge()
    taken = checkpoint.create_checkpoint()
    run("DELETE FROM audit_events")
    values = {"position": taken["position"], "hash": taken["head"], "signature": taken["signature"]}
    run("UPDATE audit_origin SET position = :position, hash = :hash, signature = :signature", **values)
    assert chain.verify_chain().reason == FORGED


def test_without_a_purge_somebody_who_deletes_the_beginning_is_found_out(trail):
    run("DELETE FROM audit_events WHERE position <= 60")
    assert chain.verify_chain().first_bad == 1


def test_checkpoints_from_before_are_told_as_purged_and_not_as_changed(trail, clock):
    grown = [checkpoint.create_checkpoint()]
    purge()
    checkpoint.check_checkpoint(grown[0])
    clock.advance(40 * DAY)
    grow(clock, 1)
    purge(ago=35)
    assert find_origin().position > 180
    with pytest.raises(Purged, match="position 180 was purged"):
        checkpoint.check_checkpoint(grown[0])


def test_a_checkpoint_of_the_very_last_event_that_went_still_matches(context, clock):
    grow(clock, 2)
    taken = checkpoint.create_checkpoint()
    clock.advance(40 * DAY)
    grow(clock, 40)
    purge(ago=60)
    assert find_origin().position == taken["position"] == 6
    checkpoint.check_checkpoint(taken)
    run("UPDATE audit_origin SET hash = :forged", forged="f" * 64)
    with pytest.raises(DomainError, match="not set by a purge"):
        checkpoint.check_checkpoint(taken)


def test_the_tick_of_one_event_survives(trail):
    purge()
    first, second = (db.session.query(Event).filter(Event.position == place).one() for place in (61, 62))
    assert chain.check_event(first) is True
    assert chain.check_event(second) is True
    run("UPDATE audit_origin SET hash = :forged", forged="f" * 64)
    assert chain.check_event(first) is False


def test_a_person_is_still_erased_and_the_chain_holds(trail):
    purge()
    erase_person("1")
    assert purge(ago=35).done == 15
    seal()
    assert chain.verify_chain().intact


def test_a_file_of_before_is_still_whole_and_ours(trail, clock):
    _id, parts = audit_files.begin("jsonl", Wanted(), {})
    body = b"".join(parts)
    manifest = audit_files.sign_manifest(_id)
    assert audit_files.verify([body], manifest)["purged_since"] is False
    clock.advance(40 * DAY)
    grow(clock, 1)
    purge(ago=35)
    assert audit_files.verify([body], manifest)["purged_since"] is True
    with pytest.raises(audit_files.NotOurFile, match="was changed"):
        audit_files.verify([body[:-1]], manifest)


def test_a_job_that_was_written_into_the_table_purges_nothing(trail):
    """The day is sealed with its job."""
    job = service.start(day(40))
    run("UPDATE jobs SET payload = 'v1.0001.x', result = :result", result=_forged(job.result))
    for _try in range(5):
        run("UPDATE jobs SET leased_until = :now", now="2020-01-01 00:00:00")
        jobs.run_due()
    assert jobs.get(job.id, service.KIND).state == "failed"
    assert find_origin().position == 0


def _forged(result):
    import json

    return json.dumps({**result, "upto": 170, "checked": 170, "before": "2099-01-01"})


def test_more_than_was_asked_for_is_not_taken_where_the_table_says_so(trail):
    job = service.start(day(40))
    run("UPDATE jobs SET result = :result", result=_forged(job.result))
    assert service.run(job).done == 60


def test_who_follows_the_trail_goes_on_after_an_event_that_was_purged(trail):
    seen = positions_of(30)
    purge()
    rows = audit.follow_events(after_id=seen, limit=5)
    assert [row.position for row in rows] == [61, 62, 63, 64, 65]
    assert [row.position for row in audit.follow_events(after_id=rows[-1].id, limit=2)] == [66, 67]
    assert audit.follow_events(after_id=10**9) == []
    assert len(audit.find_events(before_id=positions_of(63), limit=50)) == 2
    assert audit.find_events(before_id=seen) == []
