"""Logos of the house and of apps."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "logos",
        sa.Column("place", sa.String(220), primary_key=True),
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("name", name="uq_logos_name"),
    )
    with op.batch_alter_table("clients") as clients:
        clients.add_column(sa.Column("logo", sa.String(32)))


def downgrade() -> None:
    # Not in a batch: that would make the table anew, without its indexes on expressions and what points at it.
    op.drop_column("clients", "logo")
    op.drop_table("logos")
