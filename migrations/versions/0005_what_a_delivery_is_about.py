"""What a delivery is about, for the pages that list deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox_deliveries") as table:
        table.add_column(sa.Column("subject", sa.String(length=200), nullable=True))
        table.create_index("ix_outbox_deliveries_subject", ["subject"])


def downgrade() -> None:
    op.drop_index("ix_outbox_deliveries_subject", "outbox_deliveries")
    op.drop_column("outbox_deliveries", "subject")
