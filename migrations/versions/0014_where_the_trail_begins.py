"""Where the kept chain of the audit trail begins, after a purge."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_origin",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("newest_at", MOMENT, nullable=False),
        sa.Column("purged_at", MOMENT, nullable=False),
        sa.Column("signature", sa.String(120), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("audit_origin")
