"""The life of a ticket: people, priorities, clocks; and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _notices()
    _tickets()
    _beside_tickets()
    _states()


def downgrade() -> None:
    raise NotImplementedError("an audit trail has no way back: restore a backup")


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=True),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("person_ref", sa.Text(), nullable=True),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at_us", BIG, nullable=False),
        sa.Column("begun_us", BIG, nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("until_us", BIG, nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
    )
    op.create_index(
        "notice_waiting",
        "notice",
        ["at_us", "key"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("notice_by_ticket", "notice", ["ticket_id"], unique=False)


def _tickets() -> None:
    for name in ("priority", "urgency"):
        op.add_column("ticket", sa.Column(name, sa.Text(), nullable=False, server_default="normal"))
    op.add_column(
        "ticket", sa.Column("priority_by", sa.Text(), nullable=False, server_default="router")
    )
    for name in ("assignee_ref", "assigned_group", "resolution"):
        op.add_column("ticket", sa.Column(name, sa.Text(), nullable=True))
    for name in ("reopened", "nudges"):
        op.add_column("ticket", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("silent_us", "resolved_us", "first_answer_us", "first_human_us"):
        op.add_column("ticket", sa.Column(name, BIG, nullable=True))
    for name, columns in (
        ("ticket_by_assignee", ["assignee_ref", "id"]),
        ("ticket_silent", ["status", "silent_us"]),
    ):
        given = sa.text(f"{'assignee_ref' if 'id' in columns else 'silent_us'} IS NOT NULL")
        op.create_index(
            name, "ticket", columns, unique=False, sqlite_where=given, postgresql_where=given
        )


def _beside_tickets() -> None:
    op.create_table(
        "ticket_clock",
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False),
        sa.Column("ended_us", BIG, nullable=True),
        sa.Column("used_us", BIG, nullable=False),
        sa.Column("target_us", BIG, nullable=False),
        sa.Column("due_us", BIG, nullable=True),
        sa.Column("remind_us", BIG, nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("breached_us", BIG, nullable=True),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "target"),
        sqlite_strict=True,
    )
    for name, columns, where in (
        ("ticket_clock_stale", ["ticket_id", "target"], sa.text("stale = 1")),
        ("ticket_clock_remind", ["remind_us"], sa.text("remind_us IS NOT NULL")),
    ):
        op.create_index(
            name, "ticket_clock", columns, unique=False, sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "ticket_tag",
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "tag"),
        sqlite_strict=True,
    )
    op.create_index("ticket_tag_by_tag", "ticket_tag", ["tag", "ticket_id"], unique=False)
    op.create_table(
        "ticket_link",
        sa.Column("ticket_id", sa.Text(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["ticket.id"]),
        sa.PrimaryKeyConstraint("ticket_id", "other_id", "link"),
        sqlite_strict=True,
    )
    op.create_table(
        "ticket_rules",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("ticket_link_by_other", "ticket_link", ["other_id"], unique=False)


def _states() -> None:
    """Name the states as they are called now, and let the clocks of open tickets run."""
    for before, now in (
        ("open", "routed"),
        ("asked", "waiting_for_requester"),
        ("escalated", "waiting_for_staff"),
        ("held", "waiting_for_staff"),
    ):
        op.execute(
            sa.text("UPDATE ticket SET status = :now WHERE status = :before").bindparams(
                now=now, before=before
            )
        )
    op.execute("UPDATE ticket SET resolved_us = updated_us WHERE status = 'closed'")
    op.execute(
        "UPDATE ticket SET silent_us = updated_us "
        "WHERE status IN ('waiting_for_requester', 'answered')"
    )
    begun = sa.text(
        "INSERT INTO ticket_clock (ticket_id, target, round, spans, used_us, target_us, level,"
        " breaches, stale) SELECT id, CAST(:target AS TEXT), 0,"
        " CASE WHEN status IN ('routed', 'waiting_for_staff')"
        " THEN '[[' || opened_us || ', null]]'"
        " ELSE '[[' || opened_us || ', ' || updated_us || ']]' END,"
        " 0, 0, 0, 0, 1 FROM ticket WHERE status <> 'closed'"
    )
    for target in ("first_response", "resolution"):
        op.execute(begun.bindparams(target=target))
