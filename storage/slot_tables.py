"""What the clocks of several processes agree on: who does a job, and which slot was done last."""

from __future__ import annotations

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class ClockSlot(SQLModel, table=True):
    """One job of the clock. Slots are numbered from 1970 on, each as long as the job's period.

    `holder` does the job until `until_us`, unless it says so again; `done` is the last slot that
    came to its end.
    """

    __tablename__ = "clock_slot"
    __table_args__ = (STRICT,)

    job: str = Field(primary_key=True, sa_type=Text)
    holder: str = Field(sa_type=Text)
    until_us: int = Field(sa_type=BIG)
    done: int = Field(sa_type=BIG)


CLOCK_SLOT = SQLModel.metadata.tables["clock_slot"]
