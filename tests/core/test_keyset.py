"""Beginnings of words are found whatever letters the database's lower() knows."""

import contextlib

import psycopg
import pytest

from idp import create_app
from idp.accounts.listing import Wanted, find_people
from idp.clients import listing
from idp.clients.naming import find_app
from idp.core.db import db
from tests import services
from tests.conftest import make_settings
from tests.factories import Factory


@pytest.fixture(params=["sqlite", "C", "C.UTF-8"])
def place(request, keys_dir, tmp_path):
    """An application on a database of its own, by the letters that it knows."""
    if request.param == "sqlite":
        yield from made(f"sqlite:///{tmp_path / 'idp.db'}", keys_dir, tmp_path)
        return
    if "postgres" not in services.databases():
        services.missing("postgres")
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(services.postgres_database(request.param))
        except psycopg.errors.WrongObjectType:
            pytest.skip(f"PostgreSQL's machine has no locale {request.param}")
        yield from made(url, keys_dir, tmp_path)


def made(url, keys_dir, tmp_path):
    app = create_app(make_settings(database={"url": url}, keys_dir=keys_dir, state_dir=tmp_path))
    with app.app_context():
        db.create_all()
    services.reset(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_people_and_apps_are_found_by_the_start_of_their_name(place):
    factory = Factory(place)
    user_id = factory.user("mueller@example.com", name="Öznur Ärger")
    client_id, _secret = factory.client_with_secret("Übersicht")
    with place.app_context():
        for typed in ("Ö", "Öznur"):
            assert [person.id for person in find_people(Wanted(search=typed))] == [user_id], typed
        for typed in ("Ü", "Übersi"):
            assert [app.id for app in listing.find_clients(listing.Wanted(search=typed))] == [client_id], typed
        assert find_app("Übersicht") == [client_id]
        assert find_people(Wanted(search="Oz")) == []
