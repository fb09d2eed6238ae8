"""The worker: every job at its pace, and none stops another."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from idp.audit import chain
from idp.audit.service import record
from idp.audit.tags import Tag
from idp.core import context as call_context
from idp.operate import heartbeat, worker
from idp.operate.jobs import JOBS, Job, sweep
from idp.operate.worker import Worker


def job(name, run, seconds=0.0):
    return Job(name, timedelta(seconds=seconds), run)


def test_a_job_that_fails_does_not_stop_the_others(app):
    done = []

    def stumble():
        raise RuntimeError("a stone")

    machine = Worker(app, (job("first", stumble), job("second", lambda: done.append(1))))
    machine.run_due()
    machine.run_due()
    assert len(done) == 2


def test_a_job_that_fails_is_tried_later_and_later(app, monkeypatch):
    time = [1000.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: time[0])
    tries = []

    def stumble():
        tries.append(time[0])
        raise RuntimeError("a stone")

    machine = Worker(app, (job("bad", stumble, seconds=1),))
    for _second in range(60):
        machine.run_due()
        time[0] += 1
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert pauses == sorted(pauses)
    assert pauses[-1] >= 16


def test_a_job_waits_for_its_turn(app, monkeypatch):
    time, runs = [1000.0], []
    monkeypatch.setattr(worker.time, "monotonic", lambda: time[0])
    machine = Worker(app, (job("slow", lambda: runs.append(1), seconds=10),))
    for _second in range(20):
        machine.run_due()
        time[0] += 1
    assert len(runs) == 2


def test_jobs_act_as_the_worker(app):
    seen = []
    Worker(app, (job("look", lambda: seen.append(call_context.context().actor)),)).run_due()
    assert seen == ["worker"]


@pytest.mark.parametrize("each", JOBS, ids=lambda each: each.name)
def test_every_job_runs_on_an_empty_house(context, each):
    each.run()


def test_the_worker_chains_what_was_recorded(context):
    record(Tag.LOGIN_FAILED, actor="anonymous")
    chain.seal_events()
    assert chain.verify_chain().unsealed == 0


def test_the_worker_says_that_it_lives(context):
    assert heartbeat.find_last() is None
    heartbeat.beat()
    heartbeat.beat()
    assert heartbeat.find_last() is not None


def test_sweeping_is_safe_to_repeat(context):
    sweep()
    sweep()


def test_one_process_of_a_machine_works_at_a_time(tmp_path):
    with worker._lock_file(tmp_path / "worker.lock") as first, worker._lock_file(tmp_path / "worker.lock") as second:
        assert worker._is_first(first)
        assert not worker._is_first(second)
    with worker._lock_file(tmp_path / "worker.lock") as third:
        assert worker._is_first(third)


def test_a_folder_that_cannot_be_written_does_not_stop_the_worker(tmp_path):
    (tmp_path / "file").write_text("")
    with worker._lock_file(tmp_path / "file" / "worker.lock") as none:
        assert none is None
        assert worker._is_first(none)


def test_a_worker_that_ends_in_good_order_takes_its_word_back(app):
    machine = Worker(app, (job("heartbeat", heartbeat.beat, seconds=15),))
    lives = []
    machine.turns[job("look", lambda: (lives.append(heartbeat.find_last()), machine.stop()))] = worker._Turn()
    machine.run()
    with app.app_context():
        assert lives[0] is not None
        assert heartbeat.find_last() is None


def test_a_worker_says_nothing_of_others_when_it_ends(context, monkeypatch):
    monkeypatch.setattr(heartbeat, "_name", lambda: "elsewhere:1")
    heartbeat.beat()
    monkeypatch.undo()
    heartbeat.leave()
    assert heartbeat.find_last() is not None


def test_a_worker_ends_without_its_database(app, monkeypatch, caplog):
    def refuse():
        raise OperationalError("DELETE", {}, Exception("gone"))

    monkeypatch.setattr(heartbeat, "leave", refuse)
    machine = Worker(app, ())
    machine.stop()
    machine.run()
    assert "could not say so" in caplog.text
