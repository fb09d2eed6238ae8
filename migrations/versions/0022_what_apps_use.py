"""What apps may ask for and whom they let in, a row each: an index tells who uses a scope, an API or a role."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
BATCH = 500
LISTS = {"scope": "scopes", "api": "allowed_apis", "role": "allowed_roles"}
CLIENTS = sa.table("clients", sa.column("id", sa.String), *(sa.column(name, sa.JSON) for name in LISTS.values()))


def upgrade() -> None:
    uses = op.create_table(
        "client_uses",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("name", sa.String(400), primary_key=True),
        sa.Column("client_id", sa.String(200), sa.ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_client_uses_client_id", "client_uses", ["client_id"])
    connection, last = op.get_bind(), ""
    query = sa.select(CLIENTS).order_by(CLIENTS.c.id).limit(BATCH)
    while rows := connection.execute(query.where(CLIENTS.c.id > last)).mappings().all():
        last = rows[-1]["id"]
        found = [
            {"kind": kind, "name": name, "client_id": row["id"]}
            for row in rows
            for kind, field in LISTS.items()
            for name in sorted(set(row[field] or ()))
        ]
        if found:
            connection.execute(uses.insert(), found)


def downgrade() -> None:
    op.drop_table("client_uses")
