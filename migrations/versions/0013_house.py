"""Files of the trail with what went out in them; who fetched the signing keys lately."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_files",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("format", sa.String(10), nullable=False),
        sa.Column("filters", sa.JSON, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("first_event", NUMBER),
        sa.Column("last_event", NUMBER),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("position", NUMBER, nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_files_created_at", "audit_files", ["created_at"])
    op.create_table(
        "jwks_readers",
        sa.Column("agent", sa.String(60), primary_key=True),
        sa.Column("seen_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("jwks_readers")
    op.drop_table("audit_files")
