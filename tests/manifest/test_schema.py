"""The migration makes the tables the models describe, and takes its own away again."""

import sqlalchemy as sa
from alembic import command

from idp.core.db import db
from idp.operate import schema
from tests import services


def check(build):
    app = build
    with app.app_context():
        schema.upgrade()
        assert schema.differences() == []
        command.downgrade(schema._config(), "0003")
        assert "managed_things" not in sa.inspect(db.engine).get_table_names()
        schema.upgrade()
        assert schema.find_state().is_current
        assert schema.differences() == []
        db.session.remove()
        db.engine.dispose()


def test_migration_and_models_agree(make_app, database_url, tmp_path):
    if database_url.startswith("sqlite"):
        check(make_app(database={"url": f"sqlite:///{tmp_path / 'fresh.db'}"}))
        return
    with services.postgres_database() as url:
        check(make_app(database={"url": url}))
