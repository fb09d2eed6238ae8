"""Indexes of the lists of apps, of what each was granted, and of when each was last used."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
OFF = sa.text("disabled_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_clients_type_id", "clients", ["type", "id"])
    op.create_index("ix_clients_disabled", "clients", ["id"], postgresql_where=OFF, sqlite_where=OFF)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_clients_lower_name", "clients", [sa.text('(lower(name)) COLLATE "C"')])
        op.create_index("ix_clients_id_bytes", "clients", [sa.text('(id) COLLATE "C"')])
    else:
        op.create_index("ix_clients_lower_name", "clients", [sa.text("(lower(name))")])
    op.create_index("ix_daily_counts_kind_name_day", "daily_counts", ["kind", "name", "day"])
    op.create_index("ix_grants_client_id_id", "grants", ["client_id", "id"])
    op.drop_index("ix_grants_client_id", "grants")


def downgrade() -> None:
    op.create_index("ix_grants_client_id", "grants", ["client_id"])
    op.drop_index("ix_grants_client_id_id", "grants")
    op.drop_index("ix_daily_counts_kind_name_day", "daily_counts")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_clients_id_bytes", "clients")
    for name in ("ix_clients_lower_name", "ix_clients_disabled", "ix_clients_type_id"):
        op.drop_index(name, "clients")
