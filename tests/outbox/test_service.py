"""The outbox: in the caller's transaction, claimed once, tried again with growing waits, given up in the end."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from idp.core.clock import now
from idp.core.db import db, transaction
from idp.outbox import counting, service
from idp.outbox.models import Delivery

DAY = 24 * 3600


@pytest.fixture
def other_side(monkeypatch):
    """A kind of delivery whose other side answers as it is told."""

    class OtherSide:
        received, given_up, trouble = [], [], None

        def take(self, payload, delivery_id):
            self.received.append((payload["say"], delivery_id))
            if self.trouble:
                raise self.trouble

    side = OtherSide()
    side.received, side.given_up = [], []
    monkeypatch.setitem(service._handlers, "test", side.take)
    monkeypatch.setitem(service._mourners, "test", lambda payload, _id: side.given_up.append(payload["say"]))
    return side


def row(delivery_id):
    db.session.rollback()
    return db.session.execute(select(Delivery).where(Delivery.id == delivery_id)).scalar_one()


def test_a_delivery_is_forgotten_with_the_transaction_that_made_it(context, other_side):
    with pytest.raises(RuntimeError), transaction():  # noqa: PT012 - what is rolled back
        service.enqueue("test", {"say": "hello"})
        raise RuntimeError
    assert service.deliver_due() == 0


def test_a_delivery_is_delivered_once_and_its_payload_wiped(context, other_side):
    delivery_id = service.enqueue("test", {"say": "hello"})
    assert service.deliver_due() == 1
    assert service.deliver_due() == 0
    assert other_side.received == [("hello", delivery_id)]
    assert row(delivery_id).payload is None
    assert service.counts() == {"waiting": 0, "delivered": 1, "expired": 0, "dead": 0}


def test_au06_the_payload_cannot_be_read_from_the_table(context, other_side):
    delivery_id = service.enqueue("test", {"say": "secret-link-token"})
    assert "secret" not in row(delivery_id).payload


def test_a_failed_delivery_waits_longer_each_time_and_then_arrives(context, other_side, clock):
    other_side.trouble = RuntimeError("not today")
    delivery_id = service.enqueue("test", {"say": "hello"})
    waits = []
    for _try in range(5):
        assert service.deliver_due() == 1
        assert service.deliver_due() == 0
        waits.append((row(delivery_id).due_at - now()).total_seconds())
        clock.advance(waits[-1] + 1)
    assert all(0.9 * 2**n <= wait <= 2.1 * 2**n for n, wait in enumerate(waits))
    other_side.trouble = None
    service.deliver_due()
    assert row(delivery_id).outcome == "delivered"


def test_a_delivery_that_fails_for_a_day_is_a_dead_letter(context, other_side, clock):
    other_side.trouble = RuntimeError("not today")
    delivery_id = service.enqueue("test", {"say": "hello"})
    for _try in range(200):
        service.deliver_due()
        clock.advance(900)
        if row(delivery_id).outcome:
            break
    found = row(delivery_id)
    assert (found.outcome, found.payload, found.last_error) == ("dead", None, "RuntimeError: not today")
    assert found.attempts > 50
    assert other_side.given_up == ["hello"]
    assert service.counts()["dead"] == 1


def test_a_refused_delivery_is_not_tried_again(context, other_side, clock):
    other_side.trouble = service.Refused("550 no such user")
    delivery_id = service.enqueue("test", {"say": "hello"})
    service.deliver_due()
    clock.advance(DAY)
    assert service.deliver_due() == 0
    assert row(delivery_id).outcome == "dead"
    assert other_side.given_up == ["hello"]


def test_nothing_is_delivered_after_it_expired(context, other_side, clock):
    delivery_id = service.enqueue("test", {"say": "hello"}, expires_at=now() + timedelta(minutes=5))
    clock.advance(301)
    service.deliver_due()
    assert other_side.received == []
    assert (row(delivery_id).outcome, row(delivery_id).payload) == ("expired", None)


def test_an_uncertain_delivery_is_tried_once_more_and_no_more(context, other_side, clock):
    other_side.trouble = service.Uncertain("silence")
    delivery_id = service.enqueue("test", {"say": "hello"})
    for _try in range(10):
        service.deliver_due()
        clock.advance(1000)
    assert len(other_side.received) == 2
    assert row(delivery_id).outcome == "dead"


def test_other_deliveries_wait_while_the_other_side_is_down(context, other_side, clock):
    other_side.trouble = service.Unreachable("refused")
    for number in range(5):
        service.enqueue("test", {"say": str(number)})
    assert service.deliver_due() == 1
    other_side.trouble = None
    clock.advance(10)
    assert service.deliver_due() == 5


def test_a_recovered_server_gets_everything_within_ten_seconds_of_an_hour_of_outage(context, other_side, clock):
    other_side.trouble = service.Unreachable("refused")
    delivery_id = service.enqueue("test", {"say": "hello"})
    for _second in range(120):
        service.deliver_due()
        clock.advance(30)
    other_side.trouble = None
    clock.advance(10)
    service.deliver_due()
    assert row(delivery_id).outcome == "delivered"


def test_the_delivery_of_a_crashed_worker_comes_back(context, other_side, clock, monkeypatch):
    class Killed(BaseException):
        pass

    other_side.trouble = Killed()
    delivery_id = service.enqueue("test", {"say": "hello"})
    with pytest.raises(Killed):
        service.deliver_due()
    assert service.deliver_due() == 0
    clock.advance(200)
    other_side.trouble = None
    assert service.deliver_due() == 1
    assert row(delivery_id).outcome == "delivered"
    assert len(other_side.received) == 2


def test_workers_that_crash_again_and_again_deliver_at_most_twice(context, other_side, clock):
    class Killed(BaseException):
        pass

    other_side.trouble = Killed()
    delivery_id = service.enqueue("test", {"say": "hello"})
    for _life in range(2):
        with pytest.raises(Killed):
            service.deliver_due()
        clock.advance(200)
    service.deliver_due()
    assert len(other_side.received) == 2
    assert row(delivery_id).outcome == "dead"


def test_two_workers_never_take_the_same_delivery(app, other_side):
    with app.app_context():
        for number in range(30):
            service.enqueue("test", {"say": str(number)})

    def work():
        with app.app_context():
            while service.deliver_due(limit=3):
                pass

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(say) for say, _id in other_side.received) == list(range(30))


def test_a_second_delivery_of_the_same_name_is_left_out(context, other_side):
    service.enqueue("test", {"say": "first"}, dedupe="a")
    service.enqueue("test", {"say": "second"}, dedupe="a")
    service.enqueue("test", {"say": "third"}, dedupe="b")
    service.deliver_due()
    assert [say for say, _id in other_side.received] == ["first", "third"]


def test_finished_deliveries_are_swept_after_a_while(context, other_side, clock):
    service.enqueue("test", {"say": "done"})
    service.deliver_due()
    service.enqueue("test", {"say": "waits"})
    assert service.sweep() == 0
    clock.advance(8 * DAY)
    assert service.sweep() == 1
    assert service.counts()["waiting"] == 1


def test_calls_are_summed_by_what_they_are_about_and_the_worst_comes_first(context):
    for subject, outcomes in {"client:a": ["delivered", None], "client:b": ["dead", "expired", "delivered"]}.items():
        for outcome in outcomes:
            delivery_id = service.enqueue("logout", {}, subject=subject)
            with transaction() as session:
                session.execute(update(Delivery).where(Delivery.id == delivery_id).values(outcome=outcome))
    service.enqueue("other", {}, subject="client:c")
    assert counting.sum_calls("logout", since=now() - timedelta(days=7)) == [
        counting.Sums("client:b", 1, 2, 0), counting.Sums("client:a", 1, 0, 1),
    ]  # fmt: skip
    assert counting.sum_calls("logout", since=now() + timedelta(days=1)) == []
