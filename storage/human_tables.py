"""What waits for staff, what people did, and who installed the desk.

As in `tables.py` nothing here is text that somebody wrote; tokens are encrypted with a key that is
not in the database.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from storage.tables import BIG

STRICT: dict[str, Any] = {"sqlite_strict": True}


class CardState(StrEnum):
    """Where a card stands. Who owns the ticket is the ticket's business."""

    OPEN = "open"
    APPROVED = "approved"
    REROUTED = "rerouted"
    WITH_DESK = "with_desk"
    RESOLVED = "resolved"


class HumanAct(SQLModel, table=True):
    """An act that was carried out; the same key again changes nothing."""

    __tablename__ = "human_act"
    __table_args__ = (Index("human_act_by_time", "at_us"), STRICT)

    key: str = Field(primary_key=True, sa_type=Text)
    at_us: int = Field(sa_type=BIG)


class Card(SQLModel, table=True):
    """What staff must look at about one message: escalations, a draft, or both.

    `reasons` and `entries` are JSON lists, of the escalations' reasons and of the entries with
    their notes. `draft_entry` holds the draft, `edit_entry` what staff made of it, `by_ref` is who
    moved the card last. `place` is where it is shown, in the words of whoever shows it; it has to
    be shown again when it changed after `shown_us`.
    """

    __tablename__ = "card"
    __table_args__ = (
        Index("card_by_ticket", "ticket_id", "id"),
        Index(
            "card_to_show",
            "changed_us",
            sqlite_where=text("changed_us > shown_us"),
            postgresql_where=text("changed_us > shown_us"),
        ),
        STRICT,
    )

    id: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(foreign_key="ticket.id", sa_type=Text)
    message_id: str = Field(foreign_key="message.id", unique=True, sa_type=Text)
    state: str = Field(sa_type=Text)
    reasons: str = Field(sa_type=Text)
    entries: str = Field(sa_type=Text)
    draft_entry: str | None = Field(default=None, sa_type=Text)
    edit_entry: str | None = Field(default=None, sa_type=Text)
    by_ref: str | None = Field(default=None, sa_type=Text)
    opened_us: int = Field(sa_type=BIG)
    changed_us: int = Field(sa_type=BIG)
    place: str | None = Field(default=None, sa_type=Text)
    shown_us: int = Field(sa_type=BIG)


class HumanReply(SQLModel, table=True):
    """What staff says through the desk; `entry_id` holds it. `place` once it is visible."""

    __tablename__ = "human_reply"
    __table_args__ = (
        Index(
            "human_reply_to_post",
            "entry_id",
            sqlite_where=text("place IS NULL"),
            postgresql_where=text("place IS NULL"),
        ),
        STRICT,
    )

    entry_id: str = Field(primary_key=True, sa_type=Text)
    ticket_id: str = Field(foreign_key="ticket.id", sa_type=Text)
    by_ref: str = Field(sa_type=Text)
    place: str | None = Field(default=None, sa_type=Text)


class Feedback(SQLModel, table=True):
    """One person's opinion of the answer to one message: the latest."""

    __tablename__ = "feedback"
    __table_args__ = (STRICT,)

    message_id: str = Field(foreign_key="message.id", primary_key=True, sa_type=Text)
    person_ref: str = Field(primary_key=True, sa_type=Text)
    vote: str = Field(sa_type=Text)
    at_us: int = Field(sa_type=BIG)


class PersonSetting(SQLModel, table=True):
    """What somebody set for themselves."""

    __tablename__ = "person_setting"
    __table_args__ = (STRICT,)

    person_ref: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(primary_key=True, sa_type=Text)
    value: str = Field(sa_type=Text)


class Installation(SQLModel, table=True):
    """The desk in one workspace. `secret` is the encrypted tokens, `facts` the rest, as JSON.

    Whoever set `rotating_until_us` to a time that has not passed is the one who may exchange the
    refresh token, which works once.
    """

    __tablename__ = "installation"
    __table_args__ = (STRICT,)

    client: str = Field(primary_key=True, sa_type=Text)
    enterprise: str = Field(primary_key=True, sa_type=Text)
    team: str = Field(primary_key=True, sa_type=Text)
    facts: str = Field(sa_type=Text)
    secret: bytes = Field(sa_type=LargeBinary)
    expires_us: int | None = Field(default=None, sa_type=BIG)
    rotating_until_us: int = Field(sa_type=BIG)
    installed_us: int = Field(sa_type=BIG)


class OauthState(SQLModel, table=True):
    """An installation that was begun; only the digest of its secret word is kept."""

    __tablename__ = "oauth_state"
    __table_args__ = (STRICT,)

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    expires_us: int = Field(sa_type=BIG)


HUMAN_ACT = SQLModel.metadata.tables["human_act"]
CARD = SQLModel.metadata.tables["card"]
HUMAN_REPLY = SQLModel.metadata.tables["human_reply"]
FEEDBACK = SQLModel.metadata.tables["feedback"]
PERSON_SETTING = SQLModel.metadata.tables["person_setting"]
INSTALLATION = SQLModel.metadata.tables["installation"]
OAUTH_STATE = SQLModel.metadata.tables["oauth_state"]
