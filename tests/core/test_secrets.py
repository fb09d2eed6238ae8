"""Row ids: they sort by birth, whoever makes them and however many in a millisecond."""

import threading
import time

from idp.core import secrets


def test_ids_of_one_process_sort_as_they_were_made(monkeypatch):
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    ids = [secrets.new_id() for _ in range(500)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 500
    assert {len(made) for made in ids} == {26}


def test_an_id_is_never_smaller_though_the_clock_goes_back(monkeypatch):
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now)
    before = secrets.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: now - 5_000_000_000)
    assert secrets.new_id() > before


def test_threads_never_make_the_same_id():
    made = []
    threads = [threading.Thread(target=lambda: made.extend([secrets.new_id() for _ in range(2000)])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000
