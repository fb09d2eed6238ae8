"""What another system calls a person: unique, and found by its beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("external_id", sa.String(120)))
    op.create_index("ix_users_external_id", "users", ["external_id"], unique=True)
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_users_external_id_bytes", "users", [sa.text('(external_id) COLLATE "C"')])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_users_external_id_bytes", "users")
    op.drop_index("ix_users_external_id", "users")
    op.drop_column("users", "external_id")
