"""Changes that tools proposed, and how far each has come."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class ChangeState(StrEnum):
    """Where a proposed change stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    UNCLEAR = "unclear"


class ToolChange(SQLModel, table=True):
    """One proposal; its entry has the arguments, `result_entry` what came of it."""

    __tablename__ = "tool_change"
    __table_args__ = (
        Index("tool_change_by_message", "message_id"),
        Index("tool_change_by_ticket", "ticket_id"),
        Index(
            "tool_change_to_run",
            "changed_us",
            sqlite_where=text("state IN ('confirmed', 'begun')"),
            postgresql_where=text("state IN ('confirmed', 'begun')"),
        ),
        STRICT,
    )

    proposal: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(foreign_key="ticket.id", sa_type=Text)
    message_id: str = Field(foreign_key="message.id", sa_type=Text)
    specialist: str = Field(sa_type=Text)
    tool: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    by_ref: str | None = Field(default=None, sa_type=Text)
    result_entry: str | None = Field(default=None, sa_type=Text)
    changed_us: int = Field(sa_type=BIG)


CHANGE = SQLModel.metadata.tables["tool_change"]
