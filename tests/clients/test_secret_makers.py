"""The migration reads from the trail who made the secrets there are."""

from alembic import command

from idp.clients import service
from idp.core.db import db
from idp.operate import schema


def test_the_trail_tells_who_made_the_secrets_there_are(fresh):
    shop = service.create_client(name="Shop", type="machine", actor="user:ann")[0].id
    other = service.create_client(name="Other", type="machine", actor="user:bob")[0].id
    service.add_secret(shop, actor="user:bob")
    db.session.remove()
    command.downgrade(schema._config(), "0019")
    schema.upgrade()
    assert [row.created_by for row in service.list_secrets(shop)] == ["user:ann", "user:bob"]
    assert [row.created_by for row in service.list_secrets(other)] == ["user:bob"]
