"""The migration makes the tables the models describe, and takes its own away again."""

import pytest
import sqlalchemy as sa
from alembic import command

from idp.access import catalogue
from idp.access.models import role_permissions
from idp.clients.models import ClientSecret
from idp.core.db import db, transaction
from idp.operate import schema
from idp.sessions.models import Session
from tests.arrange import Arranger
from tests.factories import Factory


def test_migration_and_models_agree(fresh):
    assert schema.differences() == []
    command.downgrade(schema._config(), "0003")
    assert "managed_things" not in sa.inspect(db.engine).get_table_names()
    schema.upgrade()
    assert schema.find_state().is_current
    assert schema.differences() == []


def test_what_was_risky_before_its_tries_were_counted_is_so_no_more(fresh):
    session_id = Arranger(fresh, Factory(fresh)).session(Factory(fresh).user())
    with transaction() as session:
        session.execute(sa.update(Session).values(risky=True))
    command.downgrade(schema._config(), "0018")
    schema.upgrade()
    assert db.session.get(Session, session_id).risky is False


def indexes():
    """The names of all indexes, those of expressions too, which the inspector leaves out of SQLite."""
    sqlite, postgresql = "SELECT name FROM sqlite_master WHERE type = 'index'", "SELECT indexname FROM pg_indexes"
    kind = db.engine.dialect.name
    with db.engine.connect() as connection:
        return set(connection.execute(sa.text(sqlite if kind == "sqlite" else postgresql)).scalars())


def count(table):
    with db.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize("revision", ["0014", "0001"])
def test_a_way_back_and_forth_loses_no_row_and_no_index(fresh, revision):
    """On SQLite a table that is made anew takes along what points at it."""
    with fresh.test_request_context():
        catalogue.create_built_ins()
    Factory(fresh).client_with_secret("Shop")
    before = [count(role_permissions), count(ClientSecret.__table__)]
    assert all(before)
    kept = indexes()
    db.session.remove()
    command.downgrade(schema._config(), revision)
    schema.upgrade()
    assert [count(role_permissions), count(ClientSecret.__table__)] == before
    assert indexes() == kept
