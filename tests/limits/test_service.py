"""A limit is exact, waits grow, and one key's tries do not touch another's."""

import threading
from datetime import timedelta

import pytest

from idp.core.errors import TooMany
from idp.limits import service
from idp.limits.policy import SIGN_IN, Limit


def try_times(count, key="alice"):
    allowed = 0
    for _try in range(count):
        try:
            service.take(SIGN_IN, key)
        except TooMany:
            continue
        allowed += 1
    return allowed


def test_the_sixth_try_is_refused(context):
    assert try_times(8) == SIGN_IN.tries
    assert try_times(1, key="bob") == 1


def test_waits_grow_with_each_strike(context, clock):
    waits = []
    for _strike in range(4):
        try_times(5)
        with pytest.raises(TooMany) as refused:
            service.take(SIGN_IN, "alice")
        waits.append(refused.value.retry_after)
        clock.advance(refused.value.retry_after + 1)
    assert waits == [300, 900, 3600, 3600]


def test_tries_during_the_wait_do_not_prolong_it(context, clock):
    try_times(6)
    clock.advance(200)
    with pytest.raises(TooMany) as refused:
        service.take(SIGN_IN, "alice")
    assert refused.value.retry_after <= 100


def test_success_clears_the_count(context):
    try_times(4)
    service.clear(SIGN_IN, "alice")
    assert try_times(8) == SIGN_IN.tries


def test_lg01_a_hundred_failures_in_a_row_are_the_end(context, clock):
    allowed = 0
    for _round in range(40):
        allowed += try_times(6)
        clock.advance(3601)
    assert allowed <= SIGN_IN.ceiling
    with pytest.raises(TooMany):
        service.check(SIGN_IN, "alice")


def test_check_counts_nothing(context):
    for _look in range(10):
        service.check(SIGN_IN, "alice")
    assert try_times(8) == SIGN_IN.tries


def test_parallel_tries_are_counted_exactly(app):
    limit = Limit("parallel", 7, timedelta(minutes=5), (timedelta(minutes=5),))
    allowed, lock = [], threading.Lock()

    def guess():
        with app.app_context():
            try:
                service.take(limit, "alice")
            except TooMany:
                return
            with lock:
                allowed.append(1)

    threads = [threading.Thread(target=guess) for _number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == limit.tries


def test_spent_counters_are_swept(context, clock):
    try_times(3)
    assert service.sweep() == 0
    clock.advance(2 * 24 * 3600)
    assert service.sweep() == 1
