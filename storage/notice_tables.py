"""The notice outbox: what the desk says outside of a turn, until it is visible."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class NoticeState(StrEnum):
    """What is known of a notice."""

    WAITING = "waiting"
    POSTED = "posted"
    GIVEN_UP = "given_up"


class NoticeRow(SQLModel, table=True):
    """One notice; `entry_id` is its intent, which holds the text.

    `begun_us` is when somebody first tried to post it: from then on it may be visible. `holder` is
    the process that is at it, until `until_us` at the latest.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "notice_waiting",
            "at_us",
            "key",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("notice_by_ticket", "ticket_id"),
        STRICT,
    )

    key: str = Field(primary_key=True, sa_type=Text)
    entry_id: str = Field(sa_type=Text)
    ticket_id: str | None = Field(default=None, foreign_key="ticket.id", sa_type=Text)
    audience: str = Field(sa_type=Text)
    workspace: str = Field(sa_type=Text)
    person_ref: str | None = Field(default=None, sa_type=Text)
    picture: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    at_us: int = Field(sa_type=BIG)
    begun_us: int | None = Field(default=None, sa_type=BIG)
    holder: str | None = Field(default=None, sa_type=Text)
    until_us: int = Field(sa_type=BIG)
    fault: str = Field(sa_type=Text)
    place: str | None = Field(default=None, sa_type=Text)


NOTICE = SQLModel.metadata.tables["notice"]
