"""Posts that may come to stand there twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "doubted_post",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("since_us", BIG, nullable=False),
        sa.Column("looks", BIG, nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
