"""What consent says of a permission in other languages."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("permissions", sa.Column("titles", sa.JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("permissions", "titles")
