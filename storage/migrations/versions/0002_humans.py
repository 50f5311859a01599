"""What people do: ownership, cards for staff, feedback, settings, and installations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("ticket", sa.Column("owned_by", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("sent_to", sa.Text(), nullable=True))
    _what_people_do()
    _installations()


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")


def _what_people_do() -> None:
    op.create_table(
        "human_act",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index("human_act_by_time", "human_act", ["at_us"], unique=False)
    op.create_table(
        "card",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("draft_entry", sa.Text(), nullable=True),
        sa.Column("edit_entry", sa.Text(), nullable=True),
        sa.Column("by_ref", sa.Text(), nullable=True),
        sa.Column("opened_us", BIG, nullable=False),
        sa.Column("changed_us", BIG, nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("shown_us", BIG, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
        sqlite_strict=True,
    )
    op.create_index("card_by_ticket", "card", ["ticket_id", "id"], unique=False)
    op.create_index(
        "card_to_show",
        "card",
        ["changed_us"],
        unique=False,
        sqlite_where=sa.text("changed_us > shown_us"),
        postgresql_where=sa.text("changed_us > shown_us"),
    )
    op.create_table(
        "human_reply",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("by_ref", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("entry_id"),
        sqlite_strict=True,
    )
    op.create_index(
        "human_reply_to_post",
        "human_reply",
        ["entry_id"],
        unique=False,
        sqlite_where=sa.text("place IS NULL"),
        postgresql_where=sa.text("place IS NULL"),
    )
    op.create_table(
        "feedback",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("vote", sa.Text(), nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("message_id", "person_ref"),
        sqlite_strict=True,
    )
    op.create_table(
        "person_setting",
        sa.Column("person_ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_ref", "name"),
        sqlite_strict=True,
    )


def _installations() -> None:
    op.create_table(
        "installation",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("expires_us", BIG, nullable=True),
        sa.Column("rotating_until_us", BIG, nullable=False),
        sa.Column("installed_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("client", "enterprise", "team"),
        sqlite_strict=True,
    )
    op.create_table(
        "oauth_state",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_us", BIG, nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sqlite_strict=True,
    )
