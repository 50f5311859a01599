"""Reviews of decisions: cases, verdicts, findings, sign-offs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _cases()
    _findings()
    _made_from_leaves()


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")


def _cases() -> None:
    op.create_table(
        "review_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_us", BIG, nullable=False),
        sa.Column("checkpoint_size", BIG, nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("population", BIG, nullable=True),
        sa.Column("signed_entry", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_us", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("review_case_by_state", "review_case", ["state", "id"], unique=False)
    op.create_table(
        "review_item",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("decided_us", BIG, nullable=False),
        sa.Column("twice", sa.Integer(), nullable=False),
        sa.Column("first", sa.Text(), nullable=True),
        sa.Column("first_by", sa.Text(), nullable=True),
        sa.Column("first_us", BIG, nullable=True),
        sa.Column("first_entry", sa.Text(), nullable=True),
        sa.Column("salt", sa.Text(), nullable=True),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("second_by", sa.Text(), nullable=True),
        sa.Column("second_us", BIG, nullable=True),
        sa.Column("second_entry", sa.Text(), nullable=True),
        sa.CheckConstraint("second IS NULL OR first IS NOT NULL", name="review_first_comes_first"),
        sa.CheckConstraint("second_by IS NULL OR second_by <> first_by", name="review_four_eyes"),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["review_case.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "position"),
        sa.UniqueConstraint("case_id", "entry_id"),
        sqlite_strict=True,
    )
    op.create_index("review_item_by_entry", "review_item", ["entry_id"], unique=False)
    op.create_index("review_item_by_opinion", "review_item", ["first_entry"], unique=False)
    op.create_index("review_item_by_message", "review_item", ["message_id"], unique=False)


def _findings() -> None:
    op.create_table(
        "review_finding",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("action_entry", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_us", BIG, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_us", BIG, nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_us", BIG, nullable=True),
        sa.Column("closed_entry", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=True),
        sa.CheckConstraint("closed_by IS NULL OR closed_by <> owner", name="finding_four_eyes"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "review_finding_by_state", "review_finding", ["closed_us", "due_us"], unique=False
    )
    op.create_table(
        "review_annotation",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("by_ref", sa.Text(), nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "review_annotation_about", "review_annotation", ["about", "entry_id"], unique=False
    )


def _made_from_leaves() -> None:
    op.create_table(
        "review_flag",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("rule", "message_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "review_flag_by_rule", "review_flag", ["rule", "at_us", "message_id"], unique=False
    )
    op.create_index("review_flag_by_time", "review_flag", ["at_us"], unique=False)
    op.create_table(
        "review_day",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("specialist", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("times", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.PrimaryKeyConstraint("day", "specialist", "measure"),
        sqlite_strict=True,
    )
    op.create_table(
        "review_seen",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "version"),
        sqlite_strict=True,
    )
    op.create_table(
        "review_scan",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
