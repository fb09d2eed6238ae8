"""Roles that include other roles."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_includes",
        sa.Column("role_id", sa.String(26), sa.ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("included_id", sa.String(26), sa.ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_role_includes_included_id", "role_includes", ["included_id"])


def downgrade() -> None:
    op.drop_table("role_includes")
