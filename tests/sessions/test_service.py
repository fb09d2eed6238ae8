"""Sessions as rows: opened, rotated, ended; and interactions that one browser finishes once."""

from datetime import timedelta

import pytest

from idp.core.clock import now
from idp.core.context import CallContext, set_context
from idp.core.db import transaction
from idp.core.http import browser_id
from idp.core.secrets import digest
from idp.sessions import browsers, interactions, service, sweep
from idp.sessions.browsers import Familiarity
from idp.sessions.errors import InteractionExpired, SessionIsOver, UnknownSession
from idp.sessions.models import Interaction, KnownBrowser, Session
from idp.sessions.signals import session_ended


@pytest.fixture
def person(factory, context):
    return factory.user("alice@example.com")


@pytest.fixture
def heard():
    ended = []

    def listen(_sender, **values):
        ended.append(values)

    session_ended.connect(listen)
    yield ended
    session_ended.disconnect(listen)


def open_session(user_id, **changes):
    return service.open_session(user_id, **{"amr": ["pwd"], "acr": "1", "remember": False, **changes})


def found(value):
    session, _user = service.find_by_cookie(value)
    return session


def test_the_cookie_value_is_not_in_the_database(person):
    value = open_session(person)
    session = found(value)
    assert session.digest == digest(value)
    row = {name: str(getattr(session, name)) for name in Session.__table__.columns.keys()}  # noqa: SIM118
    assert value not in row.values()


def test_a_rotated_session_keeps_its_id_and_forgets_the_old_value(person):
    old = open_session(person)
    before = found(old).id
    new = service.rotate(found(old), auth_time=now())
    assert service.find_by_cookie(old) is None
    assert found(new).id == before


def test_an_ended_session_is_not_rotated_back_to_life(person):
    session = found(open_session(person))
    service.end(session.id, "revoked")
    with pytest.raises(SessionIsOver):
        service.rotate(session)


def test_a_session_ends_once_and_tells_it_once(person, heard):
    session = found(open_session(person))
    assert service.end(session.id, "signed_out")
    assert not service.end(session.id, "signed_out")
    assert heard == [{"session_id": session.id, "user_id": person, "reason": "signed_out"}]


def test_all_but_one_end(person, heard):
    values = [open_session(person) for _number in range(3)]
    keep = found(values[0]).id
    assert service.end_all(person, "revoked", keep=keep) == 2
    assert [session.id for session in service.live_sessions(person)] == [keep]
    assert keep not in {event["session_id"] for event in heard}


def test_somebody_elses_session_is_unknown(person, factory):
    session = found(open_session(person))
    with pytest.raises(UnknownSession):
        service.get_session_of(factory.user(), session.id)


def test_use_is_written_down_once_a_minute(person, clock):
    value = open_session(person)
    seen = found(value).last_seen_at
    clock.advance(30)
    service.touch(found(value))
    assert found(value).last_seen_at == seen
    clock.advance(40)
    service.touch(found(value))
    assert found(value).last_seen_at > seen


def test_use_does_not_move_the_absolute_limit(person, clock):
    value = open_session(person)
    limit = found(value).expires_at
    for _minute in range(6):
        clock.advance(20 * 60)
        service.touch(found(value))
    assert found(value).expires_at == limit


def test_the_worker_ends_what_ran_out_of_time_unnoticed(person, clock, heard):
    open_session(person)
    clock.advance(31 * 60)
    sweep.sweep()
    assert [event["reason"] for event in heard] == ["idle"]


def test_the_worker_deletes_what_is_long_over(person, clock):
    value = open_session(person)
    service.end(found(value).id, "revoked")
    interactions.start(return_to="/x")
    clock.advance(31 * 24 * 3600)
    sweep.sweep()
    with transaction() as session:
        assert session.query(Session).count() == 0
        assert session.query(Interaction).count() == 0


def test_an_interaction_is_finished_once(context):
    interaction = interactions.start(return_to="/oauth/authorize/x")
    assert interactions.get(interaction.id).return_to == "/oauth/authorize/x"
    assert interactions.finish(interaction.id)
    assert not interactions.finish(interaction.id)
    with pytest.raises(InteractionExpired):
        interactions.get(interaction.id)


def test_an_interaction_expires(context, clock):
    interaction = interactions.start(return_to="/x")
    clock.advance(3601)
    with pytest.raises(InteractionExpired):
        interactions.get(interaction.id)
    assert not interactions.finish(interaction.id)


def test_another_browser_cannot_go_on_with_an_interaction(app):
    with app.test_request_context(base_url="https://id.example.com"):
        interaction_id = interactions.start(return_to="/x").id
    with app.test_request_context(base_url="https://id.example.com"), pytest.raises(InteractionExpired):
        interactions.get(interaction_id)


@pytest.fixture
def session_with_age(person):
    def make(seconds):
        return Session(user_id=person, auth_time=now() - timedelta(seconds=seconds))

    return make


@pytest.mark.parametrize(
    ("wish", "age", "wanted"),
    [
        ({}, 100_000, False),
        ({"max_age": 60}, 30, False),
        ({"max_age": 60}, 61, True),
        ({"max_age": 0}, 1, True),
        ({"prompt": ["login"]}, 1, True),
        ({"prompt": ["consent"]}, 100, False),
    ],
)
def test_az14_an_old_sign_in_is_not_enough_when_a_new_one_is_asked_for(session_with_age, wish, age, wanted):
    interaction = interactions.start(return_to="/x", **wish)
    assert interactions.wants_reauthentication(interaction, session_with_age(age)) is wanted


@pytest.mark.parametrize("wish", [{"max_age": 0}, {"prompt": ["login"]}])
def test_az14_a_sign_in_after_the_request_satisfies_it(session_with_age, wish, clock):
    interaction = interactions.start(return_to="/x", **wish)
    clock.advance(5)
    assert not interactions.wants_person(interaction, session_with_age(1))


def test_somebody_elses_session_does_not_satisfy_a_request_for_one_person(session_with_age):
    interaction = interactions.start(return_to="/x", user_id="somebody else")
    assert interactions.wants_person(interaction, session_with_age(1))


def test_a_choice_of_account_is_made_once(session_with_age, person):
    interaction = interactions.start(return_to="/x", prompt=["select_account"])
    assert interactions.wants_person(interaction, session_with_age(1))
    interactions.settle(interaction.id, person)
    assert not interactions.wants_person(interactions.get(interaction.id), session_with_age(1))


def test_a_browser_becomes_known_and_strange_again(person, clock):
    browser_id()
    assert browsers.remember(person) is Familiarity.FIRST
    assert browsers.remember(person) is Familiarity.KNOWN
    set_context(CallContext(browser_id="another"))
    assert not browsers.is_known(person)
    assert browsers.remember(person) is Familiarity.NEW
    clock.advance(91 * 24 * 3600)
    assert browsers.remember(person) is Familiarity.NEW


def test_a_request_without_a_browser_id_is_never_known(person):
    set_context(CallContext())
    browsers.remember(person)
    assert not browsers.is_known(person)


def test_the_last_known_browser_is_kept(person, clock):
    browser_id()
    browsers.remember(person)
    clock.advance(500 * 24 * 3600)
    browsers.sweep()
    with transaction() as session:
        assert session.query(KnownBrowser).count() == 1


def test_a_session_that_is_taken_up_again_may_rest_anew(person, clock):
    """Who switches to an account that waited long is not sent away a minute later."""
    session = found(open_session(person))
    clock.advance(29 * 60)
    value = service.rotate(session)
    clock.advance(2 * 60)
    assert found(value).id == session.id
