"""The icon that stands beside a permission at consent."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("permissions", sa.Column("icon", sa.String(40), nullable=False, server_default="key"))


def downgrade() -> None:
    op.drop_column("permissions", "icon")
