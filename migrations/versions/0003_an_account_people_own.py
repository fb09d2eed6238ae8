"""An account people own: which terms were accepted, and what was offered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invited_by", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("terms_version", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("passkey_offered_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("passkey_offered_at")
        batch_op.drop_column("terms_version")
        batch_op.drop_column("invited_by")
