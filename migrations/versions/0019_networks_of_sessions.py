"""Where a session began, and after how many failed tries: a network new to a person is found by an index."""

from ipaddress import IPv6Address, ip_address, ip_network

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
BATCH = 1000
SESSIONS = sa.table(
    "sessions", sa.column("id", sa.String), sa.column("ip", sa.String), sa.column("network", sa.String),
    sa.column("risky", sa.Boolean), sa.column("failed_before", sa.Integer),
)  # fmt: skip


def upgrade() -> None:
    op.add_column("sessions", sa.Column("network", sa.String(43)))
    op.add_column("sessions", sa.Column("failed_before", sa.Integer(), nullable=False, server_default="0"))
    _fill()
    # Risky meant a new browser until now; after how many failed tries it was, nobody wrote down.
    op.execute(SESSIONS.update().where(SESSIONS.c.risky, SESSIONS.c.failed_before == 0).values(risky=False))
    op.create_index("ix_sessions_user_id_network", "sessions", ["user_id", "network"])
    op.drop_index("ix_sessions_user_id", "sessions")


def downgrade() -> None:
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.drop_index("ix_sessions_user_id_network", "sessions")
    op.drop_column("sessions", "failed_before")
    op.drop_column("sessions", "network")


def _fill() -> None:
    """Say of the sessions there are where they were: else every network would be new to everybody."""
    connection, last = op.get_bind(), ""
    query = sa.select(SESSIONS.c.id, SESSIONS.c.ip).order_by(SESSIONS.c.id).limit(BATCH)
    change = SESSIONS.update().where(SESSIONS.c.id == sa.bindparam("row")).values(network=sa.bindparam("of"))
    while rows := connection.execute(query.where(SESSIONS.c.id > last)).all():
        last = rows[-1].id
        if known := [{"row": row.id, "of": _network(row.ip)} for row in rows if row.ip]:
            connection.execute(change, known)


def _network(ip: str) -> str | None:
    try:
        address = ip_address(ip)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
