"""Clients: found fast and never stale, changed by one at a time, off at once."""

import threading

import pytest
from sqlalchemy import event, text

from idp.audit.service import find_events
from idp.clients import service as clients
from idp.clients.errors import InvalidMetadata
from idp.clients.models import ClientSecret
from idp.clients.signals import client_disabled
from idp.core.db import db, transaction
from idp.core.errors import Conflict, NotFound
from idp.core.secrets import digest
from idp.feed import service as feed
from tests.racing import race

CALLBACK = "https://rp.example.com/callback"


@pytest.fixture
def shop(context):
    """A web client; its id and secret."""
    row, secret = clients.create_client(name="Shop", redirect_uris=[CALLBACK])
    return row.id, secret


@pytest.fixture
def statements(context):
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_client_is_parsed_once(shop, statements):
    first = clients.find_client(shop[0])
    statements.clear()
    assert clients.find_client(shop[0]) is first
    assert statements == []


@pytest.mark.parametrize("client_id", ["", "x", "unknown", "a b", "\x00", "'", "x" * 300, "../etc", "\u00e9", "a\n"])
def test_unknown_clients_are_none_and_not_remembered(context, client_id):
    assert clients.find_client(client_id) is None
    with pytest.raises(NotFound):
        clients.get_client(client_id)


def test_wb06_strange_ids_are_not_even_asked_for(context, statements):
    for number in range(50):
        assert clients.find_client(f"?{number}") is None
    assert statements == []
    for number in range(50):
        clients.find_client(f"unknown-{number}")
    assert not context.extensions["idp.clients"].values


def test_a_secret_is_kept_as_a_digest(shop):
    (row,) = clients.list_secrets(shop[0])
    assert row.digest == digest(shop[1])
    assert row.hint == shop[1][-4:]
    dump = str(db.session.execute(text("SELECT * FROM client_secrets")).all())
    assert shop[1] not in dump


@pytest.mark.parametrize("value", ["", " ", "idps_", "x" * 4000, "\x00", "\u00fc", "null", "0" * 64])
def test_wrong_secrets_are_wrong(shop, value):
    info = clients.find_client(shop[0])
    assert info.has_secret(shop[1])
    assert not info.has_secret(value)
    assert not info.has_secret(shop[1] + " ")
    assert not info.has_secret(digest(shop[1]))


def test_an_expired_secret_is_refused_without_any_cleanup(shop, clock):
    from datetime import timedelta

    from idp.core.clock import now

    _row, short = clients.add_secret(shop[0], expires_at=now() + timedelta(minutes=1))
    assert clients.find_client(shop[0]).has_secret(short)
    clock.advance(61)
    assert not clients.find_client(shop[0]).has_secret(short)
    assert clients.find_client(shop[0]).has_secret(shop[1])


def test_the_last_secret_that_works_stays(shop, clock):
    from datetime import timedelta

    from idp.core.clock import now

    first = clients.list_secrets(shop[0])[0].id
    second, _value = clients.add_secret(shop[0], expires_at=now() + timedelta(minutes=1))
    clock.advance(61)
    with pytest.raises(Conflict):
        clients.remove_secret(shop[0], first)
    clients.remove_secret(shop[0], second.id)


def test_an_app_has_a_bounded_number_of_secrets(shop):
    for _number in range(4):
        clients.add_secret(shop[0])
    with pytest.raises(Conflict):
        clients.add_secret(shop[0])


def test_jw05_a_given_secret_is_long(context):
    for secret in ("x", "short", "x" * 31, "x" * 40 + "\x00", "\u00fc" * 40):
        with pytest.raises(InvalidMetadata):
            clients.create_client(name="x", redirect_uris=[CALLBACK], secret=secret)
    _row, value = clients.create_client(name="x", redirect_uris=[CALLBACK], secret="s" * 32)
    assert value == "s" * 32
    assert clients.count_clients() == 1


def test_the_use_of_a_secret_is_noted_once_an_hour(shop, clock, statements):
    info = clients.find_client(shop[0])
    statements.clear()
    for _turn in range(3):
        assert info.has_secret(shop[1])
    assert len([statement for statement in statements if statement.startswith("UPDATE")]) == 1
    db.session.rollback()
    assert clients.list_secrets(shop[0])[0].last_used_at
    clock.advance(3601)
    statements.clear()
    info.has_secret(shop[1])
    assert len(statements) == 1


def test_a_failing_note_fails_no_authentication(shop, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from idp.clients.secrets import secret_use

    def down():
        raise OperationalError("x", {}, Exception("database is down"))

    info = clients.find_client(shop[0])
    monkeypatch.setattr(secret_use, "_noted", {})
    monkeypatch.setattr(secret_use, "single_statements", down)
    assert info.has_secret(shop[1])


def test_changes_reach_other_processes_through_the_feed(shop, make_app):
    other = make_app()

    def seen():
        with other.app_context():
            feed.sync()
            return clients.find_client(shop[0])

    assert seen().name == "Shop"
    clients.update_client(shop[0], {"name": "Store"})
    assert seen().name == "Store"
    _row, value = clients.add_secret(shop[0])
    assert seen().has_secret(value)
    clients.disable_client(shop[0])
    assert not seen().is_enabled
    clients.enable_client(shop[0])
    assert seen().is_enabled
    clients.delete_client(shop[0])
    assert seen() is None


def test_an_old_version_cannot_overwrite_a_newer_one(shop):
    version = clients.get_client(shop[0]).version
    clients.update_client(shop[0], {"name": "One"}, expected_version=version)
    with pytest.raises(Conflict):
        clients.update_client(shop[0], {"name": "Two"}, expected_version=version)
    assert clients.get_client(shop[0]).name == "One"


def test_fields_can_be_taken_away(context):
    row, _secret = clients.create_client(
        name="x", redirect_uris=[CALLBACK], client_uri="https://rp.example.com/", allowed_roles=["editor"]
    )
    row = clients.update_client(row.id, {"client_uri": None, "allowed_roles": None, "scopes": None})
    assert (row.client_uri, row.allowed_roles, row.scopes) == (None, [], [])


def test_an_edit_that_breaks_a_rule_changes_nothing(shop):
    for changes in (
        {"redirect_uris": []},
        {"type": "spa"},
        {"nonsense": 1},
        {"version": 9},
        {"id": "x"},
        {"name": None},
    ):
        with pytest.raises(InvalidMetadata):
            clients.update_client(shop[0], {"scopes": ["openid"], **changes})
    row = clients.get_client(shop[0])
    assert (row.version, row.scopes) == (1, ["openid", "profile", "email"])


def test_ad10_disabling_and_deleting_are_told_inside_the_transaction(shop):
    heard = []

    def listen(_sender, *, client_id, **_more):
        heard.append((client_id, "write_transaction" in __import__("flask").g))

    with client_disabled.connected_to(listen):
        clients.disable_client(shop[0])
        clients.disable_client(shop[0])
        clients.delete_client(shop[0])
    assert heard == [(shop[0], True)] * 2


def test_a_listener_that_fails_undoes_the_disabling(shop):
    def fail(_sender, **_more):
        raise RuntimeError("no")

    with client_disabled.connected_to(fail), pytest.raises(RuntimeError):
        clients.disable_client(shop[0])
    clients.forget()
    assert clients.find_client(shop[0]).is_enabled


def test_deleting_takes_the_secrets_along(shop):
    clients.delete_client(shop[0])
    assert db.session.execute(db.select(ClientSecret)).first() is None
    with pytest.raises(NotFound):
        clients.delete_client(shop[0])


def test_tk14_no_client_id_looks_like_a_person(context, factory):
    with pytest.raises(InvalidMetadata):
        clients.create_client(name="x", redirect_uris=[CALLBACK], client_id=factory.user())


def test_f19_a_row_that_cannot_be_read_is_no_client_and_stops_no_other(shop):
    other, _secret = clients.create_client(name="Other", redirect_uris=[CALLBACK])
    broken = "'{'" if db.engine.dialect.name == "sqlite" else "'7'"
    with transaction() as session:
        session.execute(text(f"UPDATE clients SET redirect_uris = {broken} WHERE id = :id"), {"id": shop[0]})
    clients.forget()
    assert clients.find_client(shop[0]) is None
    assert clients.find_client(other.id).name == "Other"


def test_every_deed_is_recorded_without_secrets(shop):
    clients.update_client(shop[0], {"name": "Store"}, actor="user:1")
    _row, value = clients.add_secret(shop[0], label="next", actor="user:1")
    clients.disable_client(shop[0], actor="user:1")
    clients.enable_client(shop[0], actor="user:1")
    clients.delete_client(shop[0], actor="user:1")
    db.session.rollback()
    events = find_events(client_id=shop[0], limit=50)
    assert [event.tag for event in reversed(events)] == [
        "client.created", "client.edited", "client.secret_added", "client.disabled", "client.enabled", "client.deleted",
    ]  # fmt: skip
    assert {event.actor for event in events} == {"system", "user:1"}
    edited = next(event for event in events if event.tag == "client.edited")
    assert edited.detail == {"before": {"name": "Shop"}, "after": {"name": "Store"}}
    everything = str([event.detail for event in events])
    assert shop[1] not in everything
    assert value not in everything


def make(client_id):
    return clients.create_client(name="x", redirect_uris=[CALLBACK], client_id=client_id)[0].id


def test_one_id_is_given_once_when_two_ask_at_the_same_moment(context, race_settings):
    assert sorted(race(race_settings, "tests.clients.test_service:make", [("shop",)] * 2)) == ["Conflict", "shop"]


def remove(client_id, secret_id):
    return clients.remove_secret(client_id, secret_id)


def test_two_secrets_removed_at_the_same_moment_leave_one(shop, race_settings):
    clients.add_secret(shop[0])
    both = [(shop[0], row.id) for row in clients.list_secrets(shop[0])]
    db.session.rollback()
    assert sorted(map(str, race(race_settings, "tests.clients.test_service:remove", both))) == ["Conflict", "None"]
    db.session.rollback()
    assert len(clients.list_secrets(shop[0])) == 1


def test_a_read_that_is_overtaken_by_a_change_is_not_remembered(shop, context):
    from idp.clients import lookup

    clients.forget()
    real, inside, changed = lookup._load, threading.Event(), threading.Event()

    def slow(client_id):
        info = real(client_id)
        inside.set()
        changed.wait(10)
        return info

    def read():
        with context.app_context():
            lookup._load, old = slow, lookup._load
            try:
                found.append(clients.find_client(shop[0]).name)
            finally:
                lookup._load = old

    found = []
    thread = threading.Thread(target=read)
    thread.start()
    inside.wait(10)
    lookup._load = real
    clients.update_client(shop[0], {"name": "Store"})
    changed.set()
    thread.join()
    lookup._load = real
    assert found == ["Shop"]
    assert clients.find_client(shop[0]).name == "Store"


def test_a_client_can_wait_for_a_secret_that_was_made_elsewhere(context):
    row, secret = clients.create_client(
        name="Shop", type="web", redirect_uris=["https://shop.example/back"], with_secret=False
    )
    assert secret is None
    assert not clients.list_secrets(row.id)
    value = "made elsewhere " * 3
    clients.add_secret(row.id, value=value)
    assert [secret.digest for secret in clients.list_secrets(row.id)] == [digest(value)]
    with pytest.raises(InvalidMetadata):
        clients.add_secret(row.id, value="short")
