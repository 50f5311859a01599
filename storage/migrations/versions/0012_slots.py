"""The slots of the clock, each taken once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "clock_slot",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until_us", BIG, nullable=False),
        sa.Column("done", BIG, nullable=False),
        sa.PrimaryKeyConstraint("job"),
        sqlite_strict=True,
    )


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
