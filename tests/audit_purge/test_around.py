"""What is made of the trail survives a purge: the charts; and how long events are kept is kept to by the worker."""

from datetime import timedelta

import pytest

from idp.audit import chain
from idp.audit import service as audit
from idp.audit.origin import find_origin
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.audit_purge import service
from idp.core.settings import settings
from idp.jobs import service as jobs
from idp.operate.jobs import JOBS
from idp.rollups import service as rollups
from idp.stored_settings import service as stored
from idp.stored_settings.checks import UnfitSettings
from tests.audit_purge.trail import DAY, day, grow, run, seal


@pytest.fixture
def trail(context, clock):
    grow(clock, 60)
    return context


def drawn():
    found = rollups.counts(rollups.SIGN_IN, 80)
    return {one: dict(counter) for one, counter in found.items() if counter}


def test_charts_keep_their_numbers_and_counting_again_takes_none_away(trail):
    while rollups.count_events():
        pass
    before = drawn()
    assert len(before) == 60
    assert service.run(service.start(day(40))).done == 60
    assert drawn() == before
    rollups.rebuild()
    assert drawn() == before
    assert rollups.last_days(rollups.CLIENT, ["shop"]) == {"shop": day(1)}
    run("UPDATE daily_counts SET count = 99")
    rollups.rebuild()
    again = drawn()
    assert {again[day(ago)]["ok"] for ago in range(1, 41)} == {3}, "days that are whole are counted anew"
    assert {again[day(ago)]["ok"] for ago in range(41, 61)} == {99}, "the others stay as they are"


def test_nothing_goes_that_was_not_counted(trail):
    assert drawn() == {}
    assert service.run(service.start(day(40))).done == 60
    assert {one: counts["ok"] for one, counts in drawn().items()} == {day(ago): 3 for ago in range(1, 61)}


def test_a_recount_in_the_middle_of_a_purge_loses_and_doubles_nothing(trail, monkeypatch):
    monkeypatch.setattr(service, "_REMOVED", 8)
    real = service.purging.remove_part

    def recounted(*values):
        removed = real(*values)
        rollups.rebuild()
        return removed

    monkeypatch.setattr(service.purging, "remove_part", recounted)
    assert service.run(service.start(day(40))).done == 60
    assert {one: counts["ok"] for one, counts in drawn().items()} == {day(ago): 3 for ago in range(1, 61)}


def work():
    """What the worker does in an hour."""
    next(job for job in JOBS if job.name == "retention").run()
    while jobs.run_due():
        pass
    seal()


def purges():
    return audit.find_events(tag="audit.purge*", limit=50)


def test_the_worker_keeps_to_the_retention(trail, clock):
    work()
    assert purges() == [], "without a retention everything stays"
    stored.change({"audit.retention": "40d"})
    work()
    [event] = purges()
    assert (event.tag, event.actor, event.detail["events"]) == ("audit.purged", "system", 60)
    assert event.detail["before"] == str(day(40))
    work()
    clock.advance(3600)
    work()
    assert len(purges()) == 1, "once a day, and not where nothing goes"
    clock.advance(DAY)
    work()
    assert [event.detail["events"] for event in purges()] == [3, 60]
    assert chain.verify_chain().intact


def test_a_retention_that_breaks_off_is_tried_again_a_day_later(trail, clock):
    stored.change({"audit.retention": "40d"})
    run("UPDATE audit_events SET actor = 'user:9' WHERE position = 5")
    work()
    work()
    assert [event.tag for event in purges()] == ["audit.purge_failed"]
    clock.advance(DAY + 60)
    work()
    assert [event.tag for event in purges()] == ["audit.purge_failed"] * 2
    assert find_origin().position == 0


def test_a_retention_is_thirty_days_at_least_or_for_good(context):
    for value in ("29d", "1s", "2591999", "40000d", "x"):
        with pytest.raises(UnfitSettings):
            stored.change({"audit.retention": value})
    stored.change({"audit.retention": "30d"})
    assert settings().audit.retention == timedelta(days=30)
    stored.change({"audit.retention": "0"})
    assert not settings().audit.retention
    assert stored.find_line("audit.retention").text == "0d"


def test_an_event_that_is_written_late_is_not_passed_by(context):
    """It has its number, and its moment, before others that were seen already."""
    record(Tag.LOGIN_FAILED)
    record(Tag.LOGIN_SUCCEEDED)
    record(Tag.SESSION_ENDED)
    # The second one is not committed yet: nobody sees it.
    run("UPDATE audit_events SET id = id + 100 WHERE tag = 'login.succeeded'")
    late = audit.find_events(tag="login.succeeded")[0].id
    run("CREATE TABLE held AS SELECT * FROM audit_events WHERE tag = 'login.succeeded'")
    run("DELETE FROM audit_events WHERE tag = 'login.succeeded'")
    seal()
    seen = audit.follow_events()
    assert [event.tag for event in seen] == ["login.failed", "session.ended"]
    run("INSERT INTO audit_events SELECT * FROM held")
    run("UPDATE audit_events SET id = :early WHERE id = :late", early=seen[-1].id - 1, late=late)
    run("DROP TABLE held")
    seal()
    assert [event.tag for event in audit.follow_events(after_id=seen[-1].id)] == ["login.succeeded"]
