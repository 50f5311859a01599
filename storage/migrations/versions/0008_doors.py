"""Other doors: tokens, callbacks, incidents, satisfaction."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
