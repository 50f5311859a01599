"""What proves the audit trail from outside: anchors, witnesses, heartbeats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.ledger import guards

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_anchor",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", BIG, nullable=False, autoincrement=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("external_us", BIG, nullable=True),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "size"),
        sqlite_strict=True,
    )
    guards.lay(op.get_bind(), "audit_anchor")


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
