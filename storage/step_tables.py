"""What a turn has done already, who works on what, and who is at work.

Nothing here lasts: a row is gone with the turn, the work or the process that it is about.
"""

from __future__ import annotations

from sqlalchemy import LargeBinary, Text
from sqlmodel import Field, SQLModel

from storage.tables import BIG, STRICT


class TurnMemo(SQLModel, table=True):
    """The result of one step of a turn that has not ended, encrypted with the requester's key.

    `release` is the version of the steps that made it.
    """

    __tablename__ = "turn_memo"
    __table_args__ = (STRICT,)

    message_id: str = Field(primary_key=True, sa_type=Text)
    step: str = Field(primary_key=True, sa_type=Text)
    release: str = Field(sa_type=Text)
    nonce: bytes = Field(sa_type=LargeBinary)
    ciphertext: bytes = Field(sa_type=LargeBinary)


class WorkClaim(SQLModel, table=True):
    """Which process works on something. `epoch` is larger for every claim than for those before."""

    __tablename__ = "work_claim"
    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True, sa_type=Text)
    holder: str = Field(sa_type=Text)
    epoch: int = Field(sa_type=BIG)


class DeskProcess(SQLModel, table=True):
    """A process of the desk, and when it last said that it is alive, by the database's clock."""

    __tablename__ = "desk_process"
    __table_args__ = (STRICT,)

    name: str = Field(primary_key=True, sa_type=Text)
    parts: str = Field(sa_type=Text)
    began_us: int = Field(sa_type=BIG)
    seen_us: int = Field(sa_type=BIG)


class StopWish(SQLModel, table=True):
    """Somebody wants the desk to stop working on a ticket, wherever it does."""

    __tablename__ = "stop_wish"
    __table_args__ = (STRICT,)

    ticket_id: str = Field(primary_key=True, sa_type=Text)
    actor: str = Field(sa_type=Text)
    at_us: int = Field(sa_type=BIG)


class DoubtedPost(SQLModel, table=True):
    """A post that an attempt before may still make again. Since when, and how often it was looked.

    The time is that of the database's clock.
    """

    __tablename__ = "doubted_post"
    __table_args__ = (STRICT,)

    message_id: str = Field(primary_key=True, sa_type=Text)
    since_us: int = Field(sa_type=BIG)
    looks: int = Field(sa_type=BIG)


TURN_MEMO = SQLModel.metadata.tables["turn_memo"]
WORK_CLAIM = SQLModel.metadata.tables["work_claim"]
DESK_PROCESS = SQLModel.metadata.tables["desk_process"]
DOUBTED_POST = SQLModel.metadata.tables["doubted_post"]
STOP_WISH = SQLModel.metadata.tables["stop_wish"]
