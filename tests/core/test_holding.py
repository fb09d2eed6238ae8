"""What one transaction at a time may do."""

import pathlib
import threading

import pytest

import idp
from idp.core.db import db, is_postgresql, transaction
from idp.core.holding import Held, held, hold

HOLDING = pathlib.Path(idp.__file__).parent / "core" / "holding.py"


def test_no_other_module_has_a_lock_of_its_own():
    others = [path for path in HOLDING.parent.parent.rglob("*.py") if path != HOLDING]
    assert not [path for path in others if "pg_advisory" in path.read_text()]


@pytest.mark.parametrize("what", Held)
def test_who_comes_second_waits_for_the_end_of_the_first(app, what):
    order, is_in = [], threading.Event()

    def second():
        with app.app_context():
            is_in.wait(10)
            with transaction():
                hold(what)
                order.append("second")
            db.session.remove()

    thread = threading.Thread(target=second)
    thread.start()
    with app.app_context(), transaction():
        hold(what)
        is_in.set()
        thread.join(0.2)
        order.append("first")
    thread.join(20)
    assert order == ["first", "second"]


@pytest.mark.parametrize("what", [Held.KEYS, Held.SCHEMA])
def test_one_thing_holds_up_no_other_on_postgresql(app, what):
    with app.app_context(), held(Held.SCHEMA), transaction():
        hold(Held.KEYS)
        if is_postgresql():  # SQLite has one lock for everything
            assert not is_free(what)
            assert is_free(Held.OWNERS)


def is_free(what):
    with db.engine.begin() as other:
        return other.execute(db.text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": what.value}).scalar()
