"""What privacy officers work on: erasures, holds, exports of texts, and workspaces that left.

Whatever changes here is an entry too. Who approves is never who asked: the database refuses it.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Integer, Text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class ErasureState(StrEnum):
    """How far an erasure has come. `erased`: the texts are gone, the key not yet for certain."""

    REQUESTED = "requested"
    HELD = "held"
    APPROVED = "approved"
    ERASED = "erased"
    DONE = "done"
    REFUSED = "refused"


class Erasure(SQLModel, table=True):
    """One person's erasure. `told_ref` is by which new reference they are told that it is done."""

    __tablename__ = "erasure"
    __table_args__ = (
        CheckConstraint(
            "state = 'refused' OR decided_by IS NULL OR decided_by <> requested_by",
            name="erasure_four_eyes",
        ),
        Index("erasure_by_state", "state", "id"),
        Index("erasure_by_person", "subject_ref"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    state: str = Field(sa_type=Text)
    basis: str = Field(sa_type=Text)
    subject_ref: str = Field(sa_type=Text)
    ticket_id: str | None = Field(default=None, sa_type=Text)
    requested_by: str = Field(sa_type=Text)
    requested_us: int = Field(sa_type=BIG)
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_us: int | None = Field(default=None, sa_type=BIG)
    told_ref: str | None = Field(default=None, sa_type=Text)
    texts: int = Field(default=0, sa_type=Integer)
    entries: int = Field(default=0, sa_type=Integer)
    tickets: int = Field(default=0, sa_type=Integer)
    done_us: int | None = Field(default=None, sa_type=BIG)
    certificate: str | None = Field(default=None, sa_type=Text)


class LegalHold(SQLModel, table=True):
    """What may not be erased: a person, a ticket or a workspace. `entry_id` holds the reason."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint(
            "released_by IS NULL OR released_by <> release_asked_by", name="hold_four_eyes"
        ),
        Index("legal_hold_by_person", "subject_ref"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    subject_ref: str | None = Field(default=None, sa_type=Text)
    ticket_id: str | None = Field(default=None, sa_type=Text)
    workspace: str | None = Field(default=None, sa_type=Text)
    entry_id: str = Field(sa_type=Text)
    placed_by: str = Field(sa_type=Text)
    placed_us: int = Field(sa_type=BIG)
    release_asked_by: str | None = Field(default=None, sa_type=Text)
    released_by: str | None = Field(default=None, sa_type=Text)
    released_us: int | None = Field(default=None, sa_type=BIG)


class Departure(SQLModel, table=True):
    """A workspace that removed the desk; its texts are due at `due_us`."""

    __tablename__ = "departure"
    __table_args__ = (STRICT,)

    source: str = Field(primary_key=True, sa_type=Text)
    workspace: str = Field(primary_key=True, sa_type=Text)
    left_us: int = Field(sa_type=BIG)
    due_us: int = Field(sa_type=BIG)
    done_us: int | None = Field(default=None, sa_type=BIG)


class ExportState(StrEnum):
    """How far an export has come. Both last ones: it held texts, and its file is deleted.

    `deleted`: texts of somebody who was erased since. `expired`: it was kept for long enough.
    """

    ASKED = "asked"
    APPROVED = "approved"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DELETED = "deleted"
    EXPIRED = "expired"


class ExportRun(SQLModel, table=True):
    """An export. `filter` is JSON; `rows` of `total` are written; `file` is its name."""

    __tablename__ = "export_run"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="export_four_eyes"),
        Index("export_run_by_time", "asked_us"),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    state: str = Field(sa_type=Text)
    form: str = Field(sa_type=Text)
    filter: str = Field(sa_type=Text)
    with_texts: int = Field(sa_type=Integer)
    asked_by: str = Field(sa_type=Text)
    asked_us: int = Field(sa_type=BIG)
    approved_by: str | None = Field(default=None, sa_type=Text)
    rows: int = Field(default=0, sa_type=BIG)
    total: int = Field(default=0, sa_type=BIG)
    sha256: str | None = Field(default=None, sa_type=Text)
    file: str | None = Field(default=None, sa_type=Text)
    done_us: int | None = Field(default=None, sa_type=BIG)
    fault: str = Field(default="", sa_type=Text)


ERASURE = SQLModel.metadata.tables["erasure"]
LEGAL_HOLD = SQLModel.metadata.tables["legal_hold"]
DEPARTURE = SQLModel.metadata.tables["departure"]
EXPORT_RUN = SQLModel.metadata.tables["export_run"]
