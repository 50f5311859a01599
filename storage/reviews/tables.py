"""Where reviews stand. Every change of these rows is an audit entry; texts are in its payload.

`review_flag`, `review_day` and `review_seen` are made from the leaves alone and can be made again.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class CaseState(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    DRAWN = "drawn"
    SIGNED = "signed"


class ReviewCase(SQLModel, table=True):
    """Decisions that are judged together. `query` is canonical JSON of a `CaseQuery`."""

    __tablename__ = "review_case"
    __table_args__ = (Index("review_case_by_state", "state", "id"), STRICT)

    id: str = Field(primary_key=True, sa_type=Text)
    entry_id: str = Field(sa_type=Text)
    query: str = Field(sa_type=Text)
    wanted: int = Field(sa_type=Integer)
    state: str = Field(sa_type=Text)
    opened_by: str = Field(sa_type=Text)
    opened_us: int = Field(sa_type=BIG)
    checkpoint_size: int | None = Field(default=None, sa_type=BIG)
    seed: bytes | None = Field(default=None, sa_type=LargeBinary)
    population: int | None = Field(default=None, sa_type=BIG)
    signed_entry: str | None = Field(default=None, sa_type=Text)
    signed_by: str | None = Field(default=None, sa_type=Text)
    signed_us: int | None = Field(default=None, sa_type=BIG)


class ReviewItem(SQLModel, table=True):
    """One decision in a case, and up to two opinions on it, never both of one person.

    `salt` opens the seal of a first opinion that waits for the second.
    """

    __tablename__ = "review_item"
    __table_args__ = (
        UniqueConstraint("case_id", "entry_id"),
        CheckConstraint("second_by IS NULL OR second_by <> first_by", name="review_four_eyes"),
        CheckConstraint("second IS NULL OR first IS NOT NULL", name="review_first_comes_first"),
        Index("review_item_by_message", "message_id"),
        Index("review_item_by_entry", "entry_id"),
        Index("review_item_by_opinion", "first_entry"),
        STRICT,
    )

    case_id: str = Field(primary_key=True, foreign_key="review_case.id", sa_type=Text)
    position: int = Field(primary_key=True, sa_type=Integer)
    entry_id: str = Field(sa_type=Text)
    ticket_id: str = Field(sa_type=Text)
    message_id: str | None = Field(default=None, sa_type=Text)
    decided_us: int = Field(sa_type=BIG)
    twice: int = Field(sa_type=Integer)
    first: str | None = Field(default=None, sa_type=Text)
    first_by: str | None = Field(default=None, sa_type=Text)
    first_us: int | None = Field(default=None, sa_type=BIG)
    first_entry: str | None = Field(default=None, sa_type=Text)
    salt: str | None = Field(default=None, sa_type=Text)
    second: str | None = Field(default=None, sa_type=Text)
    second_by: str | None = Field(default=None, sa_type=Text)
    second_us: int | None = Field(default=None, sa_type=BIG)
    second_entry: str | None = Field(default=None, sa_type=Text)


class ReviewFinding(SQLModel, table=True):
    """Something to put right. Who closes it is not its owner."""

    __tablename__ = "review_finding"
    __table_args__ = (
        CheckConstraint("closed_by IS NULL OR closed_by <> owner", name="finding_four_eyes"),
        Index("review_finding_by_state", "closed_us", "due_us"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    entry_id: str = Field(sa_type=Text)
    action_entry: str = Field(sa_type=Text)
    case_id: str | None = Field(default=None, sa_type=Text)
    item: str | None = Field(default=None, sa_type=Text)
    owner: str = Field(sa_type=Text)
    due_us: int = Field(sa_type=BIG)
    opened_by: str = Field(sa_type=Text)
    opened_us: int = Field(sa_type=BIG)
    closed_by: str | None = Field(default=None, sa_type=Text)
    closed_us: int | None = Field(default=None, sa_type=BIG)
    closed_entry: str | None = Field(default=None, sa_type=Text)
    change: str | None = Field(default=None, sa_type=Text)


class ReviewAnnotation(SQLModel, table=True):
    """A comment on an entry; `entry_id` holds its text."""

    __tablename__ = "review_annotation"
    __table_args__ = (Index("review_annotation_about", "about", "entry_id"), STRICT)

    entry_id: str = Field(primary_key=True, sa_type=Text)
    about: str = Field(sa_type=Text)
    by_ref: str = Field(sa_type=Text)
    at_us: int = Field(sa_type=BIG)


class ReviewFlag(SQLModel, table=True):
    """A rule of the queue holds for a decision: `entry_id` is what made it so."""

    __tablename__ = "review_flag"
    __table_args__ = (
        Index("review_flag_by_rule", "rule", "at_us", "message_id"),
        Index("review_flag_by_time", "at_us"),
        STRICT,
    )

    rule: str = Field(primary_key=True, sa_type=Text)
    message_id: str = Field(primary_key=True, sa_type=Text)
    entry_id: str = Field(sa_type=Text)
    ticket_id: str = Field(sa_type=Text)
    at_us: int = Field(sa_type=BIG)


class ReviewDay(SQLModel, table=True):
    """One figure of one day (days since 1970, UTC) and specialist: how often, and its sum."""

    __tablename__ = "review_day"
    __table_args__ = STRICT

    day: int = Field(primary_key=True, sa_type=Integer)
    specialist: str = Field(primary_key=True, sa_type=Text)
    measure: str = Field(primary_key=True, sa_type=Text)
    times: int = Field(sa_type=BIG)
    total: int = Field(sa_type=BIG)


class ReviewSeen(SQLModel, table=True):
    """How many decisions a model, prompt or plugin was seen in, while it is new."""

    __tablename__ = "review_seen"
    __table_args__ = STRICT

    what: str = Field(primary_key=True, sa_type=Text)
    version: str = Field(primary_key=True, sa_type=Text)
    times: int = Field(sa_type=Integer)


class ReviewScan(SQLModel, table=True):
    """How far the log has been read for flags and figures."""

    __tablename__ = "review_scan"
    __table_args__ = STRICT

    id: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    position: int = Field(sa_type=BIG)


_TABLES = SQLModel.metadata.tables
CASE = _TABLES["review_case"]
ITEM = _TABLES["review_item"]
FINDING = _TABLES["review_finding"]
ANNOTATION = _TABLES["review_annotation"]
FLAG = _TABLES["review_flag"]
DAY = _TABLES["review_day"]
SEEN = _TABLES["review_seen"]
SCAN = _TABLES["review_scan"]
