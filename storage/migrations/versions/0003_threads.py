"""Threads as people use them: bursts, edits, quiet threads; and what Slack needs remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("ticket", sa.Column("quiet", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "message", sa.Column("addressee", sa.Text(), nullable=False, server_default="desk")
    )
    op.add_column(
        "message", sa.Column("retracted", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("message", sa.Column("grouped_into", sa.Text(), nullable=True))
    op.create_index("message_grouped", "message", ["grouped_into"], unique=False)
    op.create_table(
        "slack_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("received_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("slack_event_by_time", "slack_event", ["received_us"], unique=False)
    op.create_table(
        "slack_stream",
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "conversation"),
        sqlite_strict=True,
    )
    op.create_table(
        "turn_claim",
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
