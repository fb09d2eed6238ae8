"""Row ids: they sort by birth, whoever makes them and however many in a millisecond."""

import threading
import time
from datetime import UTC, datetime, timedelta

from idp.core import secrets


def test_ids_of_one_process_sort_as_they_were_made(monkeypatch):
    monkeypatch.setattr(time, "time_ns", lambda: 1_700_000_000_000_000_000)
    ids = [secrets.new_id() for _ in range(500)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 500
    assert {len(made) for made in ids} == {26}


def test_ids_bear_a_small_step_back_of_the_clock_and_believe_a_large_one(monkeypatch):
    now = time.time_ns() + 3_600_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: now)
    before = secrets.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: now - 50_000_000)
    assert secrets.new_id() > before
    monkeypatch.setattr(time, "time_ns", lambda: now - 3_600_000_000_000)
    assert secrets.new_id() < secrets.first_id(datetime.fromtimestamp(now / 1e9, UTC) - timedelta(minutes=1))


def test_threads_never_make_the_same_id_though_nothing_is_left_to_chance(monkeypatch):
    monkeypatch.setattr(secrets.secrets, "randbits", lambda _count: 0)
    monkeypatch.setattr(time, "time_ns", lambda: 1_800_000_000_000_000_000)
    made = []
    threads = [threading.Thread(target=lambda: made.extend([secrets.new_id() for _ in range(2000)])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 16_000
