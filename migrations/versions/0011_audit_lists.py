"""The trail is listed by one thing and by time: each has one index for both; and who was here lately has one."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
ALONE = ("tag", "actor", "subject", "client_id")
WITH_TIME = ("actor", "subject", "client_id", "session_id", "ip")


def upgrade() -> None:
    for name in WITH_TIME:
        op.create_index(f"ix_audit_events_{name}_at", "audit_events", [name, "at"])
    for name in ALONE:
        op.drop_index(f"ix_audit_events_{name}", "audit_events")
    op.create_index("ix_sessions_last_seen_at_user_id", "sessions", ["last_seen_at", "user_id"])


def downgrade() -> None:
    op.drop_index("ix_sessions_last_seen_at_user_id", "sessions")
    for name in ALONE:
        op.create_index(f"ix_audit_events_{name}", "audit_events", [name])
    for name in WITH_TIME:
        op.drop_index(f"ix_audit_events_{name}_at", "audit_events")
