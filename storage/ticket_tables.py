"""What belongs to a ticket besides its messages: its clocks, tags and links."""

from __future__ import annotations

from sqlalchemy import Index, Integer, Text, text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class TicketClock(SQLModel, table=True):
    """What is measured of a ticket: how long it took, in which stretches of time.

    `spans` is a JSON list of `[from, to]` in microseconds, `to` null while the clock runs: only
    what happened, so that hours, holidays, targets and the priority may change without losing the
    time that was used. What follows from them stands beside them: `used_us` of business time,
    `due_us` when the deadline is, `remind_us` when somebody has to be told next, `level` how many
    were told. They are worked out anew where `stale`. `round` counts reopenings, `breaches` the
    rounds before this one whose deadline passed.
    """

    __tablename__ = "ticket_clock"
    __table_args__ = (
        Index(
            "ticket_clock_stale",
            "ticket_id",
            "target",
            sqlite_where=text("stale = 1"),
            postgresql_where=text("stale = 1"),
        ),
        Index(
            "ticket_clock_remind",
            "remind_us",
            sqlite_where=text("remind_us IS NOT NULL"),
            postgresql_where=text("remind_us IS NOT NULL"),
        ),
        STRICT,
    )

    ticket_id: str = Field(primary_key=True, foreign_key="ticket.id", sa_type=Text)
    target: str = Field(primary_key=True, sa_type=Text)
    round: int = Field(default=0, sa_type=Integer)
    spans: str = Field(sa_type=Text)
    ended_us: int | None = Field(default=None, sa_type=BIG)
    used_us: int = Field(default=0, sa_type=BIG)
    target_us: int = Field(default=0, sa_type=BIG)
    due_us: int | None = Field(default=None, sa_type=BIG)
    remind_us: int | None = Field(default=None, sa_type=BIG)
    level: int = Field(default=0, sa_type=Integer)
    breached_us: int | None = Field(default=None, sa_type=BIG)
    breaches: int = Field(default=0, sa_type=Integer)
    stale: int = Field(default=1, sa_type=Integer)


class TicketTag(SQLModel, table=True):
    """A tag of a ticket."""

    __tablename__ = "ticket_tag"
    __table_args__ = (Index("ticket_tag_by_tag", "tag", "ticket_id"), STRICT)

    ticket_id: str = Field(primary_key=True, foreign_key="ticket.id", sa_type=Text)
    tag: str = Field(primary_key=True, sa_type=Text)


class TicketLink(SQLModel, table=True):
    """What a ticket has to do with another one."""

    __tablename__ = "ticket_link"
    __table_args__ = (Index("ticket_link_by_other", "other_id"), STRICT)

    ticket_id: str = Field(primary_key=True, foreign_key="ticket.id", sa_type=Text)
    other_id: str = Field(primary_key=True, foreign_key="ticket.id", sa_type=Text)
    link: str = Field(primary_key=True, sa_type=Text)


class TicketRules(SQLModel, table=True):
    """By which rules the deadlines that are kept were worked out, by their digest."""

    __tablename__ = "ticket_rules"
    __table_args__ = (STRICT,)

    id: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    digest: str = Field(sa_type=Text)


CLOCK = SQLModel.metadata.tables["ticket_clock"]
TAG = SQLModel.metadata.tables["ticket_tag"]
LINK = SQLModel.metadata.tables["ticket_link"]
RULES = SQLModel.metadata.tables["ticket_rules"]
