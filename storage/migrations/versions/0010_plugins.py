"""What plugins propose and follow: changes for a person to confirm, observers, modes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "tool_change",
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("specialist", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_ref", sa.Text(), nullable=True),
        sa.Column("result_entry", sa.Text(), nullable=True),
        sa.Column("changed_us", BIG, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("proposal"),
        sqlite_strict=True,
    )
    op.create_index("tool_change_by_message", "tool_change", ["message_id"], unique=False)
    op.create_index("tool_change_by_ticket", "tool_change", ["ticket_id"], unique=False)
    waiting = sa.text("state IN ('confirmed', 'begun')")
    op.create_index(
        "tool_change_to_run",
        "tool_change",
        ["changed_us"],
        unique=False,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "follower",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_index", BIG, nullable=False),
        sa.Column("faults", BIG, nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("retry_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
