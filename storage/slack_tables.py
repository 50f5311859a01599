"""What only serving needs remembered: events that had their effect, open streams."""

from __future__ import annotations

from sqlalchemy import Index, Text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class SlackEvent(SQLModel, table=True):
    """An event whose effect has happened; the same id again changes nothing."""

    __tablename__ = "slack_event"
    __table_args__ = (Index("slack_event_by_time", "received_us"), STRICT)

    id: str = Field(primary_key=True, sa_type=Text)
    received_us: int = Field(sa_type=BIG)


class SlackStream(SQLModel, table=True):
    """A message that is being streamed into a thread; `ts` is empty until Slack has named it."""

    __tablename__ = "slack_stream"
    __table_args__ = (STRICT,)

    workspace: str = Field(primary_key=True, sa_type=Text)
    conversation: str = Field(primary_key=True, sa_type=Text)
    ts: str = Field(sa_type=Text)


SLACK_EVENT = SQLModel.metadata.tables["slack_event"]
SLACK_STREAM = SQLModel.metadata.tables["slack_stream"]
