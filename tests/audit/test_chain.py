"""The trail shows an edit, a gap, a swap and a rewritten chain."""

import pytest
from sqlalchemy import text

from idp.audit import chain, checkpoint, service
from idp.audit.tags import Tag
from idp.core.db import db, transaction
from idp.core.errors import DomainError


@pytest.fixture
def trail(context):
    for number in range(5):
        service.record(Tag.LOGIN_SUCCEEDED, actor=f"user:{number}", subject=f"user:{number}", number=number)
    assert chain.seal_events() == 5


def run(statement):
    with transaction() as session:
        session.execute(text(statement))


def test_an_untouched_chain_is_intact(trail):
    verdict = chain.verify_chain()
    assert (verdict.intact, verdict.sealed, verdict.unsealed) == (True, 5, 0)


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE audit_events SET actor = 'user:9' WHERE position = 3", 3),
        ("UPDATE audit_events SET detail = '{\"number\": 7}' WHERE position = 2", 2),
        ("DELETE FROM audit_events WHERE position = 4", 4),
        ("UPDATE audit_events SET hash = previous, previous = hash WHERE position = 5", 5),
    ],
)
def test_au04_the_verifier_names_the_first_bad_row(trail, statement, place):
    run(statement)
    verdict = chain.verify_chain()
    assert verdict.first_bad == place
    assert not verdict.intact


def test_au04_swapped_rows_are_found(trail):
    run("UPDATE audit_events SET position = -1 WHERE position = 2")
    run("UPDATE audit_events SET position = 2 WHERE position = 3")
    run("UPDATE audit_events SET position = 3 WHERE position = -1")
    assert chain.verify_chain().first_bad == 2


def test_a_chain_cut_at_its_end_does_not_match_a_checkpoint(trail):
    taken = checkpoint.create_checkpoint()
    checkpoint.check_checkpoint(taken)
    run("DELETE FROM audit_events WHERE position = 5")
    assert chain.verify_chain().intact
    with pytest.raises(DomainError):
        checkpoint.check_checkpoint(taken)


def test_a_forged_checkpoint_is_refused(trail):
    taken = checkpoint.create_checkpoint()
    with pytest.raises(DomainError):
        checkpoint.check_checkpoint({**taken, "position": 4})


def test_au03_line_breaks_and_escapes_make_one_clean_record(context):
    service.record(Tag.LOGIN_FAILED, actor="user:a\r\nroot logged in\x1b[31m\x00", subject=None, why="x\n\x00y")
    event = service.find_events()[0]
    assert event.actor == "user:a��root logged in�[31m�"
    assert event.detail == {"why": "x��y"}


def test_an_event_rolls_back_with_its_act(context):
    def act():
        with transaction():
            service.record(Tag.LOGIN_SUCCEEDED, actor="user:1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert service.find_events() == []


def test_events_recorded_after_sealing_join_the_chain(trail):
    service.record(Tag.SESSION_ENDED, actor="user:1")
    assert chain.verify_chain().unsealed == 1
    assert chain.seal_events() == 1
    assert chain.head()[0] == 6
    assert db.session.execute(text("SELECT count(*) FROM audit_events WHERE hash IS NULL")).scalar() == 0
