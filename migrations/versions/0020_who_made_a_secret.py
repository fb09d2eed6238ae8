"""Who made a secret of an app: on its row, for the trail may be purged while the secret still works."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
SECRETS = sa.table(
    "client_secrets", sa.column("id", sa.String), sa.column("client_id", sa.String), sa.column("created_at"),
    sa.column("created_by", sa.String),
)  # fmt: skip
EVENTS = sa.table(
    "audit_events", sa.column("id", sa.Integer), sa.column("at"), sa.column("tag", sa.String),
    sa.column("actor", sa.String), sa.column("client_id", sa.String), sa.column("detail", sa.JSON),
)  # fmt: skip


def upgrade() -> None:
    op.add_column("client_secrets", sa.Column("created_by", sa.String(120)))
    _fill_added()
    _fill_first()


def downgrade() -> None:
    op.drop_column("client_secrets", "created_by")


def _fill_added() -> None:
    """Read from the trail, as far as it goes back, who added a secret to an app."""
    connection = op.get_bind()
    made = sa.select(EVENTS.c.actor, EVENTS.c.detail).where(EVENTS.c.tag == "client.secret_added")
    found = [{"row": row.detail.get("secret"), "by": row.actor} for row in connection.execute(made)]
    change = SECRETS.update().where(SECRETS.c.id == sa.bindparam("row")).values(created_by=sa.bindparam("by"))
    if found:
        connection.execute(change, found)


def _fill_first() -> None:
    """Who made an app made the secret that came with it, before the event of the app was written."""
    made = sa.select(EVENTS.c.actor).where(
        EVENTS.c.tag == "client.created", EVENTS.c.client_id == SECRETS.c.client_id, EVENTS.c.at >= SECRETS.c.created_at
    )
    first = made.order_by(EVENTS.c.id).limit(1).correlate(SECRETS).scalar_subquery()
    op.get_bind().execute(SECRETS.update().where(SECRETS.c.created_by.is_(None)).values(created_by=first))
