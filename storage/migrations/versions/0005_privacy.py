"""Erasures, holds, exports, who wrote a text; and the columns and indexes that people search by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_INDEXES = (
    ("audit_index_by_actor", ("actor_id", "entry_id"), None),
    ("audit_index_by_channel", ("channel_id", "kind", "entry_id"), None),
    ("audit_index_by_team", ("team_id", "entry_id"), None),
    ("audit_index_by_subject", ("subject_ref", "entry_id"), "subject_ref IS NOT NULL"),
    ("audit_index_by_outcome", ("outcome", "entry_id"), "outcome IS NOT NULL"),
    ("audit_index_by_model", ("model", "entry_id"), "model IS NOT NULL"),
    ("audit_index_by_cost", ("cost_microusd", "entry_id"), "cost_microusd IS NOT NULL"),
    ("audit_index_unsure", ("specialist", "entry_id"), "confidence_bp < 8000"),
)


def upgrade() -> None:
    _searched()
    op.add_column("audit_payload", sa.Column("author_ref", sa.Text(), nullable=True))
    _index("audit_payload_by_author", "audit_payload", ("author_ref",), "author_ref IS NOT NULL")
    _worked_on()


def _searched() -> None:
    for name in ("team_id", "channel_id", "route_from", "route_to"):
        op.add_column("audit_index", sa.Column(name, sa.Text(), nullable=True))
    for name, columns, where in _INDEXES:
        _index(name, "audit_index", columns, where)


def _index(name: str, table: str, columns: tuple[str, ...], where: str | None) -> None:
    only = None if where is None else sa.text(where)
    op.create_index(name, table, list(columns), sqlite_where=only, postgresql_where=only)


def _worked_on() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_us", BIG, nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_us", BIG, nullable=True),
        sa.Column("told_ref", sa.Text(), nullable=True),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.Column("done_us", BIG, nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "state = 'refused' OR decided_by IS NULL OR decided_by <> requested_by",
            name="erasure_four_eyes",
        ),
        sqlite_strict=True,
    )
    _index("erasure_by_state", "erasure", ("state", "id"), None)
    _index("erasure_by_person", "erasure", ("subject_ref",), None)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=True),
        sa.Column("ticket_id", sa.Text(), nullable=True),
        sa.Column("workspace", sa.Text(), nullable=True),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_us", BIG, nullable=False),
        sa.Column("release_asked_by", sa.Text(), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_us", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> release_asked_by", name="hold_four_eyes"
        ),
        sqlite_strict=True,
    )
    _index("legal_hold_by_person", "legal_hold", ("subject_ref",), None)
    op.create_table(
        "departure",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("left_us", BIG, nullable=False),
        sa.Column("due_us", BIG, nullable=False),
        sa.Column("done_us", BIG, nullable=True),
        sa.PrimaryKeyConstraint("source", "workspace"),
        sqlite_strict=True,
    )
    op.create_table(
        "export_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("with_texts", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_us", BIG, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("rows", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("done_us", BIG, nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> asked_by", name="export_four_eyes"
        ),
        sqlite_strict=True,
    )
    _index("export_run_by_time", "export_run", ("asked_us",), None)


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")
