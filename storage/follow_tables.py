"""How far each observer of the audit trail has come."""

from __future__ import annotations

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class Follower(SQLModel, table=True):
    """An observer; `next_index` is the place in the log of the first entry it has not taken.

    `fault` is what was wrong the last time, empty if nothing; it is tried again at `retry_us`.
    """

    __tablename__ = "follower"
    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True, sa_type=Text)
    next_index: int = Field(sa_type=BIG)
    faults: int = Field(sa_type=BIG)
    fault: str = Field(sa_type=Text)
    retry_us: int = Field(sa_type=BIG)


FOLLOWER = SQLModel.metadata.tables["follower"]
