"""Alembic's environment: our metadata, our database."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from idp.core.db import UTCDateTime, db


def render_item(kind: str, item: object, autogen_context: Any) -> str | Literal[False]:
    """Write our own column types into revisions as what they are in the database."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen_context.imports.add("import sqlalchemy as sa")
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Apply revisions within one transaction each."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=True,
            render_item=render_item,
            **current_app.extensions["migrate"].configure_args
            | {"render_as_batch": connection.dialect.name == "sqlite", "compare_type": True},
        )
        with context.begin_transaction():
            context.run_migrations()


run()
