"""Long work that goes on after a kill, and indexes of the lists of people."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
FEW = {
    "ix_users_locked": "locked_at IS NOT NULL",
    "ix_users_unverified": "email_verified_at IS NULL",
    "ix_users_second_step": "second_step_since IS NOT NULL",
}


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("holder", sa.String(length=26), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_state_leased_until", "jobs", ["state", "leased_until"])
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"])
    op.create_index("ix_audit_events_tag_at", "audit_events", ["tag", "at"])
    op.create_index("ix_users_state_id", "users", ["state", "id"])
    for name, condition in FEW.items():
        op.create_index(name, "users", ["id"], postgresql_where=sa.text(condition), sqlite_where=sa.text(condition))
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_users_lower_name_id", "users", [sa.text('(lower(name)) COLLATE "C"'), "id"])
        op.create_index("ix_users_email_bytes", "users", [sa.text('(email_normalised) COLLATE "C"')])
        op.create_index("ix_users_username_bytes", "users", [sa.text('(username) COLLATE "C"')])
    else:
        op.create_index("ix_users_lower_name_id", "users", [sa.text("(lower(name))"), "id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_users_username_bytes", "users")
        op.drop_index("ix_users_email_bytes", "users")
    for name in ("ix_users_lower_name_id", *FEW, "ix_users_state_id"):
        op.drop_index(name, "users")
    op.drop_index("ix_audit_events_tag_at", "audit_events")
    op.drop_table("jobs")
