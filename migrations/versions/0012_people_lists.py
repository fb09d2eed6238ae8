"""Who holds a role is listed by an index; nobody overwrites what another saved of a permission; risky sessions are found."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
RISKY = {"postgresql_where": sa.text("risky"), "sqlite_where": sa.text("risky = 1")}


def upgrade() -> None:
    op.create_index("ix_user_roles_role_id_user_id", "user_roles", ["role_id", "user_id"])
    op.add_column("permissions", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("sessions", sa.Column("risky", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_sessions_risky", "sessions", ["id"], **RISKY)


def downgrade() -> None:
    op.drop_index("ix_sessions_risky", "sessions")
    op.drop_column("sessions", "risky")
    op.drop_column("permissions", "version")
    op.drop_index("ix_user_roles_role_id_user_id", "user_roles")
