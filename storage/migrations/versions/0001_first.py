"""The first schema: tickets, messages, posts, and the audit trail with its guards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.ledger import guards

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _audit_trail()
    _working_state()
    guards.lay(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")


def _audit_trail() -> None:
    op.create_table(
        "audit_artifact",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_chain",
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("rec_us", BIG, nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("note_sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size"),
        sa.UniqueConstraint("seq"),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("ticket_seq", BIG, nullable=False),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("mac_kid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("audit_entry_chain", "audit_entry", ["ticket_id", "ticket_seq"], unique=True)
    op.create_table(
        "audit_index",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("ticket_seq", BIG, nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.Column("rec_us", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor_type", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("specialist", sa.Text(), nullable=True),
        sa.Column("confidence_bp", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("cost_microusd", BIG, nullable=True),
        sa.PrimaryKeyConstraint("entry_id"),
        sqlite_strict=True,
    )
    op.create_index("audit_index_by_kind", "audit_index", ["kind", "entry_id"], unique=False)
    op.create_index(
        "audit_index_by_message", "audit_index", ["message_id", "ticket_seq"], unique=False
    )
    op.create_index(
        "audit_index_by_specialist", "audit_index", ["specialist", "entry_id"], unique=False
    )
    op.create_index(
        "audit_index_by_ticket", "audit_index", ["ticket_id", "ticket_seq"], unique=False
    )
    op.create_index("audit_index_by_time", "audit_index", ["rec_us"], unique=False)
    op.create_table(
        "audit_leaf",
        sa.Column("log_index", BIG, autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log_index"),
        sa.UniqueConstraint("entry_id"),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_payload",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "field"),
        sqlite_strict=True,
    )
    op.create_index("audit_payload_by_subject", "audit_payload", ["subject_ref"], unique=False)
    op.create_table(
        "audit_pending",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("rec_us", BIG, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id"),
        sqlite_strict=True,
    )
    op.create_index("audit_pending_order", "audit_pending", ["rec_us", "entry_id"], unique=False)
    op.create_table(
        "audit_tile",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("idx", BIG, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx"),
        sqlite_strict=True,
    )


def _working_state() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=False),
        sa.Column("specialist", sa.Text(), nullable=True),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("asked_entry", sa.Text(), nullable=True),
        sa.Column("owned_by_human", sa.Integer(), nullable=False),
        sa.Column("opened_us", BIG, nullable=False),
        sa.Column("updated_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ticket_by_specialist", "ticket", ["specialist", "id"], unique=False)
    op.create_index("ticket_by_status", "ticket", ["status", "id"], unique=False)
    op.create_index(
        "ticket_open",
        "ticket",
        ["source", "workspace", "conversation"],
        unique=True,
        sqlite_where=sa.text("status <> 'closed'"),
        postgresql_where=sa.text("status <> 'closed'"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("ticket_seq", BIG, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("subject_ref", sa.Text(), nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.Column("received_us", BIG, nullable=False),
        sa.Column("turn_state", sa.Text(), nullable=False),
        sa.Column("ended_entry", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("message_by_ticket", "message", ["ticket_id", "ticket_seq"], unique=True)
    op.create_index("message_delivery", "message", ["source", "delivery_id"], unique=True)
    op.create_index(
        "message_unfinished",
        "message",
        ["received_us", "id"],
        unique=False,
        sqlite_where=sa.text("turn_state <> 'ended'"),
        postgresql_where=sa.text("turn_state <> 'ended'"),
    )
    op.create_table(
        "post",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("ticket_seq", BIG, nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("external", sa.Text(), nullable=True),
        sa.Column("at_us", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["message.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["ticket.id"],
        ),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("message_id"),
        sqlite_strict=True,
    )
    op.create_index("post_by_ticket", "post", ["ticket_id", "ticket_seq"], unique=False)
