"""A key's life: published before it signs, verifying as long as what it signed lives, refused when it leaked."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from idp.audit.models import Event
from idp.core import cipher
from idp.core.clock import now, timestamp
from idp.core.db import db, transaction
from idp.core.errors import Conflict, DomainError, NotFound
from idp.feed import service as feed
from idp.keyring import service as keyring
from idp.keyring.models import SigningKey, State
from idp.keyring.pairs import ALGORITHMS
from idp.keyring.signals import key_published
from tests.racing import race

ISSUER = "https://id.example.com"
QUARTER_HOUR, DAY = 15 * 60, 86400


def token(alg="RS256", **claims):
    claims = {"iss": ISSUER, "iat": timestamp(), "exp": timestamp() + 10**8, **claims}
    return keyring.sign(claims, typ="at+jwt", alg=alg)


def verifies(value):
    try:
        keyring.verify(value, types={"at+jwt"})
    except keyring.InvalidToken:
        return False
    return True


def states():
    db.session.rollback()
    return sorted(str(row.state) for row in keyring.list_keys())


def published_kids():
    return [key["kid"] for key in keyring.published()]


def events(prefix):
    return [
        event.tag for event in db.session.execute(select(Event).order_by(Event.id)).scalars() if event.tag[:4] == prefix
    ]


def test_the_first_key_is_made_once(context):
    assert keyring.initialise() is None
    assert states() == ["active"]


def test_a_lost_active_key_is_never_replaced_silently(context):
    with transaction() as session:
        session.execute(update(SigningKey).values(state=State.RETIRED))
    keyring.forget()
    assert keyring.initialise() is None
    with pytest.raises(keyring.NoActiveKey):
        keyring.sign({}, typ="at+jwt")


def test_the_next_key_is_published_and_does_not_sign(context):
    before = keyring.active_kid()
    kid = keyring.prepare_next().kid
    assert published_kids() == [before, kid]
    assert keyring.active_kid() == before
    with pytest.raises(Conflict):
        keyring.prepare_next()


def test_a_key_is_not_promoted_before_caches_can_know_it(context, clock):
    kid = keyring.prepare_next().kid
    with pytest.raises(Conflict):
        keyring.promote()
    clock.advance(QUARTER_HOUR - 60)
    with pytest.raises(Conflict):
        keyring.promote()
    clock.advance(61)
    assert keyring.promote().kid == kid == keyring.active_kid()
    assert states() == ["active", "verify_only"]


def test_promotion_can_be_forced(context):
    kid = keyring.prepare_next().kid
    assert keyring.promote(force=True).kid == kid == keyring.active_kid()


def test_nothing_is_promoted_when_nothing_waits(context):
    with pytest.raises(Conflict):
        keyring.promote()


def test_tokens_of_the_key_before_go_on_to_verify(context, clock):
    old = token()
    keyring.prepare_next()
    clock.advance(QUARTER_HOUR + 1)
    keyring.promote()
    assert verifies(old)
    assert verifies(token())
    assert len(published_kids()) == 2


def test_the_private_half_is_erased_when_a_key_stops_signing(context):
    old = keyring.active_kid()
    keyring.prepare_next()
    keyring.promote(force=True)
    rows = {row.kid: row.private_sealed for row in keyring.list_keys()}
    assert rows.pop(old) is None
    assert all(rows.values())


def test_rotate_publishes_a_key_first_and_promotes_it_when_its_time_has_come(context, clock):
    before = keyring.active_kid()
    waiting = keyring.rotate()
    assert (waiting.state, keyring.active_kid()) == (State.NEXT, before)
    assert waiting.promote_at <= now() + timedelta(seconds=QUARTER_HOUR)
    assert keyring.run_schedule() == []
    clock.advance(QUARTER_HOUR + 1)
    assert keyring.run_schedule() == [f"promoted {waiting.kid}"]
    assert keyring.active_kid() == waiting.kid


def test_rotate_promotes_at_once_a_key_that_everybody_knows(context, clock):
    kid = keyring.prepare_next().kid
    clock.advance(QUARTER_HOUR + 1)
    assert keyring.rotate().state == State.ACTIVE
    assert keyring.active_kid() == kid


def test_jw11_emergency_refuses_everything_older_at_once(context, clock):
    first = token()
    keyring.prepare_next()
    clock.advance(QUARTER_HOUR + 1)
    keyring.promote()
    second, waiting = token(), keyring.prepare_next().kid
    fresh = keyring.rotate(emergency=True)
    assert not verifies(first)
    assert not verifies(second)
    assert verifies(token())
    assert published_kids() == [fresh.kid]
    assert fresh.kid != waiting
    assert [row.private_sealed is None for row in keyring.list_keys()].count(False) == 1


def test_jw11_emergency_refuses_the_keys_of_every_algorithm(context, clock):
    """They were kept in one place: who has one may have them all."""
    keyring.initialise("ES256")
    keyring.prepare_next("EdDSA")
    old = [token(), token("ES256")]
    fresh = keyring.rotate(emergency=True)
    assert fresh.alg == "RS256"
    assert not any(verifies(each) for each in old)
    assert all(verifies(each) for each in (token(), token("ES256")))
    assert len(published_kids()) == 2


def test_owners_hear_of_a_key_that_is_published_or_it_is_not(context, clock):
    clock.advance(85 * DAY)

    def fail(_sender, **_values):
        raise OSError

    key_published.connect(fail)
    try:
        with pytest.raises(OSError):
            keyring.run_schedule()
    finally:
        key_published.disconnect(fail)
    assert State.NEXT not in [row.state for row in keyring.list_keys()]
    assert [each.split()[0] for each in keyring.run_schedule()] == ["published"]


def test_jw11_another_process_learns_it_through_the_feed(context, make_app):
    other = make_app()
    with other.app_context():
        feed.sync()
        old = token()
        assert verifies(old)
    keyring.rotate(emergency=True)
    with other.app_context():
        feed.sync()
        assert not verifies(old)
        assert verifies(token())


def test_what_was_read_before_a_change_is_not_kept_after_it(context, monkeypatch):
    """The feed names a key while its ring is being read: the reader may use the old ring, and must not keep it."""
    from idp.keyring import ring

    keyring.forget()
    real, raced = ring._read, []

    def read_and_be_overtaken():
        found = real()
        if not raced:
            raced.append(keyring.rotate(emergency=True).kid)
        return found

    monkeypatch.setattr(ring, "_read", read_and_be_overtaken)
    published_kids()
    assert published_kids() == raced


def test_only_keys_that_are_not_needed_are_retired(context):
    active, waiting = keyring.active_kid(), keyring.prepare_next().kid
    with pytest.raises(Conflict):
        keyring.retire(active)
    with pytest.raises(Conflict):
        keyring.retire(active, at_once=True)
    keyring.promote(force=True)
    with pytest.raises(Conflict):
        keyring.retire(active)
    keyring.retire(active, at_once=True)
    with pytest.raises(Conflict):
        keyring.retire(active, at_once=True)
    with pytest.raises(NotFound):
        keyring.retire("unknown")
    assert published_kids() == [waiting]


def test_a_waiting_key_can_be_thrown_away(context):
    keyring.retire(keyring.prepare_next().kid)
    assert states() == ["active", "retired"]


def test_the_schedule_publishes_promotes_and_retires_in_its_time(context, clock):
    first, old = keyring.active_kid(), token()
    clock.advance(82 * DAY)
    assert keyring.run_schedule() == []
    clock.advance(DAY + 60)
    (done,) = keyring.run_schedule()
    assert done.startswith("published ")
    assert keyring.run_schedule() == []
    clock.advance(6 * DAY)
    assert keyring.run_schedule() == []
    assert keyring.active_kid() == first
    clock.advance(DAY)
    (done,) = keyring.run_schedule()
    assert done.startswith("promoted ")
    assert keyring.active_kid() != first
    assert verifies(old)
    clock.advance(29 * DAY)
    assert keyring.run_schedule() == []
    assert verifies(old)
    clock.advance(2 * DAY)
    assert keyring.run_schedule() == [f"retired {first}"]
    assert not verifies(old)


def test_a_worker_that_was_away_still_publishes_ahead(context, clock):
    clock.advance(200 * DAY)
    (done,) = keyring.run_schedule()
    assert done.startswith("published ")
    clock.advance(6 * DAY)
    assert keyring.run_schedule() == []
    clock.advance(2 * DAY)
    assert keyring.run_schedule()[0].startswith("promoted ")


def test_the_database_itself_refuses_a_second_active_or_next_key(context):
    for state in ("active", "next"):
        keyring.prepare_next() if state == "next" else None
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(
                text(
                    "INSERT INTO signing_keys (kid, alg, state, public_jwk, public_mark, created_at)"
                    " VALUES (:state, 'RS256', :state, '{}', '', CURRENT_TIMESTAMP)"
                ),
                {"state": state},
            )


def test_every_deed_is_recorded(context):
    keyring.prepare_next()
    keyring.promote(force=True)
    keyring.rotate(emergency=True)
    kinds = [tag.removeprefix("key.") for tag in events("key.")]
    first_key = [] if kinds[0:2] != ["created", "promoted"] or len(kinds) < 8 else ["created", "promoted"]
    assert kinds == [*first_key, "created", "promoted", "retired", "retired", "created", "promoted"]


def test_au08_rotation_fails_when_it_cannot_be_recorded(context, monkeypatch):
    from idp.keyring import rotation

    def full(*_arguments, **_values):
        raise OSError("disk is full")

    before = published_kids()
    monkeypatch.setattr(rotation, "record", full)
    with pytest.raises(OSError, match="full"):
        keyring.rotate(emergency=True)
    keyring.forget()
    assert published_kids() == before
    assert states() == ["active"]


@pytest.mark.parametrize("alg", [alg for alg in ALGORITHMS if alg != "RS256"])
def test_other_algorithms_have_keys_of_their_own(context, clock, alg):
    with pytest.raises(keyring.NoActiveKey):
        token(alg)
    kid = keyring.prepare_next(alg).kid
    clock.advance(QUARTER_HOUR + 1)
    assert keyring.run_schedule() == [f"promoted {kid}"]
    value = token(alg)
    assert verifies(value)
    assert keyring.active_kid() != keyring.active_kid(alg) == kid


def test_unknown_algorithms_are_refused(context):
    for call in (keyring.initialise, keyring.prepare_next, keyring.rotate):
        for alg in ("none", "HS256", "RS1", ""):
            with pytest.raises(DomainError):
                call(alg)
    assert states() == ["active"]


def test_a_row_that_somebody_else_wrote_verifies_nothing_and_stops_nothing(context):
    good = token()
    kid = keyring.prepare_next().kid
    with transaction() as session:
        row = session.get(SigningKey, kid)
        row.public_jwk = {**row.public_jwk, "n": row.public_jwk["n"][:-4] + "AAAA"}
    keyring.forget()
    assert published_kids() == [keyring.active_kid()]
    assert verifies(good)


@pytest.mark.parametrize("values", [{"alg": "RS257"}, {"public_jwk": {}}, {"public_jwk": {"kty": "oct", "k": "AAAA"}}])
def test_f19_a_poisoned_row_is_passed_over(context, values):
    good = token()
    kid = keyring.prepare_next().kid
    with transaction() as session:
        session.execute(update(SigningKey).where(SigningKey.kid == kid).values(**values))
    keyring.forget()
    assert kid not in published_kids()
    assert verifies(good)


def test_f17_another_key_encryption_key_is_named_and_makes_no_new_key(context, make_app, tmp_path):
    cipher.create_first_key(tmp_path / "other")
    with make_app(keys_dir=tmp_path / "other").app_context():
        with pytest.raises(cipher.CipherError, match="does not open"):
            keyring.active_kid()
        assert keyring.initialise() is None
        assert keyring.published() == []
    assert states() == ["active"]


def rotate_in_emergency():
    return keyring.rotate(emergency=True).kid


def prepare():
    return keyring.prepare_next().kid


def promote():
    return keyring.promote(force=True).kid


def first_key():
    made = keyring.initialise()
    return made.kid if made else None


def test_concurrent_emergencies_leave_exactly_one_active_key(context, race_settings):
    place = "tests.keyring.test_rotation:rotate_in_emergency"
    kids = race(race_settings, place, [()] * 2)
    assert len(set(kids)) == 2
    assert states() == ["active", "retired", "retired"]
    keyring.forget()
    assert keyring.active_kid() in kids


def test_concurrent_processes_publish_one_next_key_and_promote_it_once(context, race_settings):
    found = race(race_settings, "tests.keyring.test_rotation:prepare", [()] * 2)
    assert found.count("Conflict") == 1
    assert states() == ["active", "next"]
    found = race(race_settings, "tests.keyring.test_rotation:promote", [()] * 2)
    assert found.count("Conflict") == 1
    assert states() == ["active", "verify_only"]


def test_concurrent_first_starts_make_one_key(context, race_settings):
    with transaction() as session:
        session.execute(db.delete(SigningKey))
    found = race(race_settings, "tests.keyring.test_rotation:first_key", [()] * 2)
    assert found.count(None) == 1
    assert states() == ["active"]


def test_au06_a_dump_of_the_table_holds_no_private_key(context):
    keyring.prepare_next()
    dump = json.dumps(
        [dict(row) for row in db.session.execute(text("SELECT * FROM signing_keys")).mappings()], default=str
    )
    for part in ('"d"', '"p"', '"q"', "PRIVATE"):
        assert part not in dump


def test_au06_a_sealed_key_opens_only_in_its_own_row(context):
    first = keyring.active_kid()
    second = keyring.prepare_next().kid
    with transaction() as session:
        sealed = session.get(SigningKey, second).private_sealed
        session.execute(update(SigningKey).where(SigningKey.kid == first).values(private_sealed=sealed))
    keyring.forget()
    with pytest.raises(Exception, match="does not open"):
        keyring.active_kid()
