"""An account people own: which terms were accepted, and what was offered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("salt", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("personal", sa.String(length=64), nullable=True))
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invited_by", sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column("terms_version", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("passkey_offered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("preferences", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("deletion_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_users_deletion_due_at", ["deletion_due_at"], unique=False)
    op.create_table(
        "email_changes",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("old_email", sa.String(length=254), nullable=False),
        sa.Column("old_normalised", sa.String(length=254), nullable=False),
        sa.Column("new_email", sa.String(length=254), nullable=False),
        sa.Column("new_normalised", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_email_changes_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_email_changes"),
    )
    op.create_index("ix_email_changes_user_id", "email_changes", ["user_id"], unique=False)
    op.create_index("ix_email_changes_old_normalised", "email_changes", ["old_normalised"], unique=False)
    op.create_table(
        "pictures",
        sa.Column("user_id", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=43), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_pictures_user_id_users", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_pictures"),
        sa.UniqueConstraint("name", name="uq_pictures_name"),
    )


def downgrade() -> None:
    op.drop_table("pictures")
    op.drop_table("email_changes")
    op.drop_column("audit_events", "personal")
    op.drop_column("audit_events", "salt")
    op.drop_index("ix_users_deletion_due_at", "users")
    op.drop_column("users", "deletion_due_at")
    op.drop_column("users", "preferences")
    op.drop_column("users", "passkey_offered_at")
    op.drop_column("users", "terms_version")
    op.drop_column("users", "invited_by")
