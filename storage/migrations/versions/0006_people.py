"""Who may look at the audit trail: accounts, sessions, roles; and what verifications found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _accounts()
    _sessions()
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("shared", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "verify_run",
        sa.Column("at_us", BIG, autoincrement=False, nullable=False),
        sa.Column("took_us", BIG, nullable=False),
        sa.Column("whole", sa.Integer(), nullable=False),
        sa.Column("checked", BIG, nullable=False),
        sa.Column("found", BIG, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("at_us"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_us", BIG, nullable=False),
        sa.Column("seen_us", BIG, nullable=True),
        sa.PrimaryKeyConstraint("person_ref"),
        sqlite_strict=True,
    )
    op.create_table(
        "account_link",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("until_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sqlite_strict=True,
    )


def _sessions() -> None:
    op.create_table(
        "web_session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("began_us", BIG, nullable=False),
        sa.Column("seen_us", BIG, nullable=False),
        sa.Column("ends_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sqlite_strict=True,
    )
    op.create_index("web_session_by_person", "web_session", ["person_ref"], unique=False)
