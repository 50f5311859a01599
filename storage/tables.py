"""The desk's working state: tickets, messages, posts.

Nothing that a person wrote stands here. A row points to the audit entry whose encrypted payload
holds the text, so there is one place to protect and one place to erase. Tables are created by the
migrations alone; these models must say the same (a test compares them).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlmodel import Field, SQLModel

from router.ticket_life import TicketStatus as TicketStatus  # noqa: PLC0414 - found here by all

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both databases: STRICT tables of SQLite know the word INTEGER only."""

STRICT: dict[str, Any] = {"sqlite_strict": True}


class TurnState(StrEnum):
    """How far the turn about a message has come."""

    PENDING = "pending"
    BEGUN = "begun"
    ENDED = "ended"


class PostState(StrEnum):
    """What is known of a post."""

    INTENDED = "intended"
    FAILED = "failed"
    DONE = "done"


class Ticket(SQLModel, table=True):
    """One matter in one thread. `asked` is a JSON list; `asked_entry` holds what it was about.

    `priority_by` is who set the priority: the `router`, or `staff`, whose word is the last.
    `silent_us` is since when the requester could have said something, where it is their turn;
    `nudges` is how often they were reminded of that. `first_answer_us` is when the desk first
    answered, `first_human_us` when a person did.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index(
            "ticket_open",
            "source",
            "workspace",
            "conversation",
            unique=True,
            sqlite_where=text("status <> 'closed'"),
            postgresql_where=text("status <> 'closed'"),
        ),
        Index("ticket_by_status", "status", "id"),
        Index("ticket_by_specialist", "specialist", "id"),
        Index(
            "ticket_by_assignee",
            "assignee_ref",
            "id",
            sqlite_where=text("assignee_ref IS NOT NULL"),
            postgresql_where=text("assignee_ref IS NOT NULL"),
        ),
        Index(
            "ticket_silent",
            "status",
            "silent_us",
            sqlite_where=text("silent_us IS NOT NULL"),
            postgresql_where=text("silent_us IS NOT NULL"),
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    source: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    channel: str = Field(sa_type=Text)
    conversation: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    subject_ref: str = Field(sa_type=Text)
    specialist: str | None = Field(default=None, sa_type=Text)
    questions: int = Field(default=0, sa_type=Integer)
    asked: str = Field(default="[]", sa_type=Text)
    asked_entry: str | None = Field(default=None, sa_type=Text)
    owned_by_human: int = Field(default=0, sa_type=Integer)
    owned_by: str | None = Field(default=None, sa_type=Text)
    quiet: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": "0"})
    priority: str = Field(
        default="normal", sa_type=Text, sa_column_kwargs={"server_default": "normal"}
    )
    urgency: str = Field(
        default="normal", sa_type=Text, sa_column_kwargs={"server_default": "normal"}
    )
    priority_by: str = Field(
        default="router", sa_type=Text, sa_column_kwargs={"server_default": "router"}
    )
    assignee_ref: str | None = Field(default=None, sa_type=Text)
    assigned_group: str | None = Field(default=None, sa_type=Text)
    resolution: str | None = Field(default=None, sa_type=Text)
    reopened: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": "0"})
    silent_us: int | None = Field(default=None, sa_type=BIG)
    nudges: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": "0"})
    resolved_us: int | None = Field(default=None, sa_type=BIG)
    first_answer_us: int | None = Field(default=None, sa_type=BIG)
    first_human_us: int | None = Field(default=None, sa_type=BIG)
    opened_us: int = Field(sa_type=BIG)
    updated_us: int = Field(sa_type=BIG)


class Message(SQLModel, table=True):
    """Something somebody wrote; `entry_id` holds its text, `ticket_seq` is its place.

    `grouped_into` is the later message whose turn answers this one too.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("message_delivery", "source", "delivery_id", unique=True),
        Index("message_by_ticket", "ticket_id", "ticket_seq", unique=True),
        Index("message_grouped", "grouped_into"),
        Index(
            "message_unfinished",
            "received_us",
            "id",
            sqlite_where=text("turn_state <> 'ended'"),
            postgresql_where=text("turn_state <> 'ended'"),
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(foreign_key="ticket.id", sa_type=Text)
    ticket_seq: int = Field(sa_type=BIG)
    entry_id: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    delivery_id: str = Field(sa_type=Text)
    author: str = Field(sa_type=Text)
    subject_ref: str = Field(sa_type=Text)
    at_us: int = Field(sa_type=BIG)
    received_us: int = Field(sa_type=BIG)
    turn_state: str = Field(sa_type=Text)
    ended_entry: str | None = Field(default=None, sa_type=Text)
    sent_to: str | None = Field(default=None, sa_type=Text)
    addressee: str = Field(
        default="desk", sa_type=Text, sa_column_kwargs={"server_default": "desk"}
    )
    retracted: int = Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": "0"})
    grouped_into: str | None = Field(default=None, sa_type=Text)


class Post(SQLModel, table=True):
    """Something the desk says; `entry_id` is its intent, which holds the text."""

    __tablename__ = "post"
    __table_args__ = (Index("post_by_ticket", "ticket_id", "ticket_seq"), STRICT)

    key: str = Field(primary_key=True, sa_type=Text)
    message_id: str = Field(foreign_key="message.id", unique=True, sa_type=Text)
    ticket_id: str = Field(foreign_key="ticket.id", sa_type=Text)
    ticket_seq: int = Field(sa_type=BIG)
    entry_id: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)
    asked: str = Field(sa_type=Text)
    external: str | None = Field(default=None, sa_type=Text)
    at_us: int = Field(sa_type=BIG)


TICKET = SQLModel.metadata.tables["ticket"]
MESSAGE = SQLModel.metadata.tables["message"]
POST = SQLModel.metadata.tables["post"]
