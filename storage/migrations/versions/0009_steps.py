"""What a turn has done already: its steps, and who works on it."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
